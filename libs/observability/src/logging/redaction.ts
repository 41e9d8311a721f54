/** Fields whose values never reach the log, at the top of a line or up to two objects deep. */
const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'token',
  'signature',
  'x-shopify-hmac-sha256',
  'phone',
  'email',
  'contact',
];

/** Paths in the notation of pino's `redact`. */
export function redactPaths(more: readonly string[] = []): string[] {
  return [...SECRETS, ...more].flatMap((name) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : undefined;
    const at = (depth: number): string => '*.'.repeat(depth);
    return key
      ? [key, `${at(1)}${key}`, `${at(2)}${key}`]
      : [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`];
  });
}
