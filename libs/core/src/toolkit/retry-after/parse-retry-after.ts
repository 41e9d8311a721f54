import { MAX_TIMER_MS } from '../../duration/duration.js';
import { parseHttpDate } from './http-date.js';

const SECONDS = /^\d+(?:\.\d+)?$/;

/**
 * Parses a `Retry-After` (RFC 9110, section 10.2.3) to milliseconds from `nowMs`. Accepts seconds as a
 * text or a number, with or without a fraction, HTTP dates and `Date`s. The result is 0 for a date in the
 * past, and at most the longest delay of a timer. The longest of several values counts, so that the
 * dependency is not called earlier than any of them asks.
 *
 * @param nowMs wall clock, milliseconds since 1970
 * @returns undefined for anything else
 */
export function parseRetryAfter(value: unknown, nowMs: number): number | undefined {
  if (Array.isArray(value)) {
    const delays = value.map((each) => parseRetryAfter(each, nowMs) ?? -1);
    const longest = Math.max(-1, ...delays);
    return longest < 0 ? undefined : longest;
  }
  const delayMs = delayOf(value, nowMs);
  if (delayMs === undefined || Number.isNaN(delayMs)) return undefined;
  return Math.min(Math.max(0, delayMs), MAX_TIMER_MS);
}

function delayOf(value: unknown, nowMs: number): number | undefined {
  if (value instanceof Date) return value.getTime() - nowMs;
  if (typeof value === 'number') return value >= 0 ? value * 1_000 : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const atMs = parseHttpDate(text, nowMs);
  return atMs === undefined ? undefined : atMs - nowMs;
}
