import { MAX_TIMER_MS } from '@loyalnest/core/toolkit';
import { parseRetryAfter } from './retry-after.js';

const now = Date.UTC(2026, 10, 21, 8, 0, 0);

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
  ['Saturday, 21-Nov-26 08:00:30 GMT', 30_000],
  ['Sat Nov 21 08:00:30 2026 GMT', 30_000],
  ['Fri, 20 Nov 2026 08:00:00 GMT', 0],
  ['99999999999', MAX_TIMER_MS],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
])('reads Retry-After %p as %p ms', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

it('reads nothing from an absent header', () => {
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
