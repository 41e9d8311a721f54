/**
 * Returns a time as ISO 8601 in UTC. Undefined for anything else, and for years that Postgres or a
 * parser of ISO 8601 would refuse: only 1 to 9999 are accepted.
 */
export function isoTime(value: unknown): string | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  const text = new Date(at).toISOString();
  // Other years have a sign and six digits.
  return /^\d{4}-/.test(text) && !text.startsWith('0000') ? text : undefined;
}
