import { isoTime } from './iso-time.js';

const START = Date.UTC(2026, 11, 31, 23, 59, 58);

it.each([0, 7, 42, 999, 1_000, 1_999, 2_000, 90_000_000, 1_500, -1, -86_400_000])(
  'tells the moment %d ms from the first as a date does',
  (ms) => {
    isoTime(START);
    expect(isoTime(START + ms)).toBe(`,"time":"${new Date(START + ms).toISOString()}"`);
  },
);

it('tells the present', () => {
  const before = Date.now();
  const told = Date.parse(/"time":"(.+)"$/.exec(isoTime())![1]!);
  expect(told).toBeGreaterThanOrEqual(before);
  expect(told).toBeLessThanOrEqual(Date.now());
});
