import { isoTime } from './iso-time.js';

const START = Date.UTC(2026, 11, 31, 23, 59, 58);

it.each([0, 7, 42, 999, 1_000, 1_999, 2_000, 90_000_000, 1_500, -1, -86_400_000])(
  'formats a time %d ms after the first one like Date does',
  (ms) => {
    isoTime(START);
    expect(isoTime(START + ms)).toBe(`,"time":"${new Date(START + ms).toISOString()}"`);
  },
);

it('uses the current time by default', () => {
  const before = Date.now();
  const written = Date.parse(/"time":"(.+)"$/.exec(isoTime())![1]!);
  expect(written).toBeGreaterThanOrEqual(before);
  expect(written).toBeLessThanOrEqual(Date.now());
});
