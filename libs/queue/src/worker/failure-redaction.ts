const LONGEST = 8_000;
const REDACTED = '[redacted]';

/** Each bounded in length, so that no message can make them slow. */
const PERSONAL: readonly (readonly [RegExp, string])[] = [
  [
    /\b(authorization)(["']?\s{0,3}[:=]\s{0,3}["']?)(?:\w{1,20} )?[^\s"',;]{1,4000}/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(bearer|basic) [\w.~+/=-]{4,4000}/gi, `$1 ${REDACTED}`],
  [
    /\b(password|secret|token|api[-_]?key|access[-_]token)(["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&]{1,4000}/gi,
    `$1$2${REDACTED}`,
  ],
  [/[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, REDACTED],
  // International numbers, and the written form of North America. Other digits are ids.
  [/\+\d(?:[ ().-]{0,2}\d){6,14}/g, REDACTED],
  [/\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b/g, REDACTED],
];

/** A text without e-mail addresses, phone numbers and credentials. */
export function redactFailure(text: string): string {
  let redacted = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  for (const [pattern, replacement] of PERSONAL) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/**
 * The error as BullMQ may store it: its message goes into the job and into the queue's event stream,
 * in clear text. The class and the fields stay the original's.
 */
export function redactedError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(redactFailure(String(error)));
  const message = redactFailure(error.message);
  const stack = error.stack === undefined ? undefined : redactFailure(error.stack);
  if (message === error.message && stack === error.stack) return error;
  return Object.create(error, {
    message: { value: message },
    stack: { value: stack },
  }) as Error;
}
