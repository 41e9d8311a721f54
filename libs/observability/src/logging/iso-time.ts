/** Start of the second that `prefix` describes, in milliseconds. */
let second = Number.NaN;
let prefix = '';

/**
 * Returns the field `time` of a line, in ISO 8601 with milliseconds. The part down to the second is
 * cached, because formatting a date takes longer than the rest of a line.
 */
export function isoTime(now: number = Date.now()): string {
  const sinceSecond = now - second;
  if (sinceSecond >= 0 && sinceSecond < 1_000) return line(sinceSecond);
  second = Math.floor(now / 1_000) * 1_000;
  prefix = new Date(second).toISOString().slice(0, -'000Z'.length);
  return line(now - second);
}

function line(ms: number): string {
  return `,"time":"${prefix}${String(ms).padStart(3, '0')}Z"`;
}
