import { MAX_TIMER_MS } from '@loyalnest/core/toolkit';

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date) as milliseconds from
 * `nowMs`; undefined if it is absent or malformed, 0 for a date that has passed.
 */
export function parseRetryAfter(
  value: string | readonly string[] | undefined,
  nowMs: number,
): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, MAX_TIMER_MS);
  // Date.parse also takes bare numbers and local formats: only a date with a weekday is meant.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - nowMs), MAX_TIMER_MS);
}
