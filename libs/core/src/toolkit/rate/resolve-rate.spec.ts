import { resolveRate } from './resolve-rate.js';

it.each([
  [{ limit: 0, per: '1m' }, 'limit: got 0; use a whole number >= 1'],
  [{ limit: Number.NaN, per: '1m' }, 'limit: got NaN'],
  [{ limit: 1.5, per: '1m' }, 'limit: got 1.5'],
  [{ limit: 1, per: 'minute' }, "per: got 'minute'; use milliseconds"],
  [{ limit: 1, per: 0 }, 'per: got 0'],
  [{ limit: 1, per: '1m', burst: 0 }, 'burst: got 0; use a whole number >= 1'],
  [{ limit: 5_000, per: 1 }, 'limit: got 5000; use at most 1000 per millisecond'],
])('refuses the rate %j', (rate, message) => {
  expect(() => resolveRate('throttling.limits[0]', rate as never)).toThrow(
    `throttling.limits[0].${message}`,
  );
});

it.each([undefined, null, 5, '5/s'])('refuses %p in place of a rate', (rate) => {
  expect(() => resolveRate('throttling.limits[0]', rate as never)).toThrow(
    /^throttling\.limits\[0\]: got .+; use a rate such as/,
  );
});

it('converts a rate to whole microseconds, and uses the limit as the default burst', () => {
  expect(resolveRate('rate', { limit: 7, per: '1s' })).toEqual({
    limit: 7,
    perMs: 1_000,
    burst: 7,
    intervalUs: 142_857,
    capacityUs: 999_999,
  });
});

it('converts a rate below one per second', () => {
  expect(resolveRate('rate', { limit: 1, per: '2s' }).intervalUs).toBe(2_000_000);
});
