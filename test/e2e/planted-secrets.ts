/** What must stay inside, each in a form that occurs nowhere else. */
export const PLANTED = {
  bearer: 'q7Zk2mXw9RtB4vNc8LpD',
  cookie: 'sess-5f1e9c7a3b2d',
  apiKey: 'ak-live-77b1c0de93',
  adminToken: 'planted-admin-token-4411',
  phone: '+15557310246',
  email: 'grace.hopper@navy.example',
  card: '4242424242424242',
  /** No pattern knows it: it stays inside only if nobody repeats what came. */
  street: '17 Ironclad Alley',
} as const;

/** A sentence of the kind that providers and databases put into their errors. */
export const TELLTALE =
  `no SMS to ${PLANTED.phone} for ${PLANTED.email}: card ${PLANTED.card}, ` +
  `authorization: Bearer ${PLANTED.bearer}, cookie: session=${PLANTED.cookie}, ` +
  `api_key=${PLANTED.apiKey}`;

/** The same, as a query string. */
export const TELLTALE_QUERY = `?${new URLSearchParams({
  access_token: PLANTED.bearer,
  session: PLANTED.cookie,
  api_key: PLANTED.apiKey,
  phone: PLANTED.phone,
  email: PLANTED.email,
  card: PLANTED.card,
})}`;

/** Which of `values` stand in `text`, in one of the spellings that texts may have. */
export function found(text: string, values: Iterable<string>): readonly string[] {
  const lower = text.toLowerCase();
  return [...values].filter((value) =>
    spellings(value).some((spelling) => lower.includes(spelling.toLowerCase())),
  );
}

function spellings(value: string): readonly string[] {
  return [
    value,
    value.replace(/^\+/, ''),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll(/(\d{4})(?=\d)/g, '$1 '),
  ];
}
