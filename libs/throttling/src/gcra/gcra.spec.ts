import { LuaScript } from '@loyalnest/core/toolkit';
import { RedisServer } from '@loyalnest/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { GCRA } from './gcra-script.js';
import { remaining, resetSeconds, retryAfterMs, take, type Cell } from './gcra.js';
import { resolveRate } from './rate.js';

const cell = (key: string, limit: number, per: number, burst = limit): Cell => ({
  key,
  rate: resolveRate('limit', { limit, per, burst }),
});

it('lets the burst in at once, and then one in each interval', () => {
  const times = new Map<string, number>();
  const five = cell('a', 5, 1_000);
  const at = (ms: number): boolean => take(times, [five], ms * 1_000).allowed;
  expect([0, 0, 0, 0, 0, 0].map(at)).toEqual([true, true, true, true, true, false]);
  expect([199, 200, 200, 399, 400].map(at)).toEqual([false, true, false, false, true]);
  expect([10_000, 10_000, 10_000, 10_000, 10_000, 10_000].map(at)).toEqual([
    ...Array(5).fill(true),
    false,
  ]);
});

it('keeps a distance between requests with a burst of 1', () => {
  const times = new Map<string, number>();
  const spaced = cell('a', 10, 1_000, 1);
  const at = (ms: number): boolean => take(times, [spaced], ms * 1_000).allowed;
  expect([0, 0, 99, 100, 150, 200].map(at)).toEqual([true, false, false, true, false, true]);
});

it('takes from none of the cells if one of them is full', () => {
  const times = new Map<string, number>();
  const [large, small] = [cell('large', 10, 1_000), cell('small', 1, 1_000)];
  expect(take(times, [large, small], 0).allowed).toBe(true);
  const refused = take(times, [large, small], 0);
  expect(refused.allowed).toBe(false);
  expect(remaining(refused.aheadUs[0]!, large.rate)).toBe(9);
  expect(remaining(take(times, [large], 0).aheadUs[0]!, large.rate)).toBe(8);
});

it('counts what a larger rate or a clock that was set back left as full, and no more', () => {
  const times = new Map([['a', 3_600_000_000]]);
  const { aheadUs } = take(times, [cell('a', 2, 1_000)], 0);
  expect(retryAfterMs(aheadUs[0]!, resolveRate('limit', { limit: 2, per: 1_000 }))).toBe(500);
});

it('tells what remains, when the next one is taken, and when all is as before', () => {
  const times = new Map<string, number>();
  const three = cell('a', 3, 10_000);
  const states = [0, 0, 0, 0].map(() => {
    const [ahead] = take(times, [three], 0).aheadUs as [number];
    return [remaining(ahead, three.rate), retryAfterMs(ahead, three.rate), resetSeconds(ahead)];
  });
  // A third of 10 s in whole microseconds.
  expect(states).toEqual([
    [2, 0, 4],
    [1, 0, 7],
    [0, 3_334, 10],
    [0, 3_334, 10],
  ]);
});

describe('in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** The script with a time that is told instead of Redis's own, which nobody can set. */
  const atTime = new LuaScript<readonly number[]>(
    `local now = tonumber(table.remove(ARGV))\n${GCRA}`,
  );

  it('decides as in memory, to the microsecond', async () => {
    // As Redis tells the time in 2026.
    const start = 1_795_000_000_000_000;
    const request = fc.record({
      afterUs: fc.oneof(fc.nat(50), fc.nat(400_000), fc.nat(5_000_000)),
      keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      shrunk: fc.boolean(),
    });
    const rates = { a: [3, 1_000, 3], b: [7, 999, 2], c: [1, 30, 4] } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        await redis.flushall();
        const times = new Map<string, number>();
        let now = start;
        for (const { afterUs, keys, shrunk } of requests) {
          now += afterUs;
          const cells = keys.map((key) => {
            const [limit, per, burst] = rates[key as keyof typeof rates];
            return cell(key, limit, per, shrunk ? 1 : burst);
          });
          const args = cells.flatMap(({ rate }) => [rate.intervalUs, rate.capacityUs]);
          const { allowed, aheadUs } = take(times, cells, now);
          const answer = await atTime.run(redis, keys, [...args, now]);
          expect(answer).toEqual([allowed ? 1 : 0, ...aheadUs]);
          // What has expired in real time is told again, as if the time were that of the requests.
          for (const [key, tat] of times) await redis.set(key, String(tat));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a rate', () => {
  it.each([
    [{ limit: 0, per: '1m' }, 'limit: got 0; use a whole number >= 1'],
    [{ limit: Number.NaN, per: '1m' }, 'limit: got NaN'],
    [{ limit: 1.5, per: '1m' }, 'limit: got 1.5'],
    [{ limit: 1, per: 'minute' }, "per: got 'minute'; use milliseconds"],
    [{ limit: 1, per: 0 }, 'per: got 0'],
    [{ limit: 1, per: '1m', burst: 0 }, 'burst: got 0; use a whole number >= 1'],
    [{ limit: 5_000, per: 1 }, 'limit: got 5000; use at most 1000 requests per millisecond'],
  ])('is refused: %j', (rate, message) => {
    expect(() => resolveRate('throttling.limits[0]', rate as never)).toThrow(
      `throttling.limits[0].${message}`,
    );
  });
});
