/** Secrets that must not leak. Each value occurs nowhere else. */
export const PLANTED = {
  bearer: 'q7Zk2mXw9RtB4vNc8LpD',
  cookie: 'sess-5f1e9c7a3b2d',
  apiKey: 'ak-live-77b1c0de93',
  adminToken: 'planted-admin-token-4411',
  phone: '+15557310246',
  email: 'grace.hopper@navy.example',
  card: '4242424242424242',
  /** Matches no redaction pattern: it leaks if any service repeats its input. */
  street: '17 Ironclad Alley',
} as const;

/** A sentence like those that providers and databases put into error messages. */
export const TELLTALE =
  `no SMS to ${PLANTED.phone} for ${PLANTED.email}: card ${PLANTED.card}, ` +
  `authorization: Bearer ${PLANTED.bearer}, cookie: session=${PLANTED.cookie}, ` +
  `api_key=${PLANTED.apiKey}`;

/** The same secrets as a query string. */
export const TELLTALE_QUERY = `?${new URLSearchParams({
  access_token: PLANTED.bearer,
  session: PLANTED.cookie,
  api_key: PLANTED.apiKey,
  phone: PLANTED.phone,
  email: PLANTED.email,
  card: PLANTED.card,
})}`;

/** The `values` that occur in `text`, in any of their spellings. */
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
