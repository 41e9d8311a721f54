import { RedisServer } from '@loyalnest/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { LuaScript } from '../redis/lua-script.js';
import { RESERVE_SLOTS, RETURN_SLOTS, TAKE_FROM_CELLS } from './gcra-scripts.js';
import { reserveSlot, returnSlots, takeFromCells, type Cell } from './gcra.js';
import { resolveRate } from './resolve-rate.js';

const cell = (key: string, limit: number, per: number, burst = limit): Cell => ({
  key,
  rate: resolveRate('limit', { limit, per, burst }),
});

describe('taking from cells', () => {
  it('allows the burst at once, and then one per interval', () => {
    const times = new Map<string, number>();
    const five = cell('a', 5, 1_000);
    const at = (ms: number): boolean => takeFromCells(times, [five], ms * 1_000).allowed;
    expect([0, 0, 0, 0, 0, 0].map(at)).toEqual([true, true, true, true, true, false]);
    expect([199, 200, 200, 399, 400].map(at)).toEqual([false, true, false, false, true]);
    expect([10_000, 10_000, 10_000, 10_000, 10_000, 10_000].map(at)).toEqual([
      ...Array(5).fill(true),
      false,
    ]);
  });

  it('keeps an interval between all with a burst of 1', () => {
    const times = new Map<string, number>();
    const spaced = cell('a', 10, 1_000, 1);
    const at = (ms: number): boolean => takeFromCells(times, [spaced], ms * 1_000).allowed;
    expect([0, 0, 99, 100, 150, 200].map(at)).toEqual([true, false, false, true, false, true]);
  });

  it('takes from none of the cells if one is full', () => {
    const times = new Map<string, number>();
    const [large, small] = [cell('large', 10, 1_000), cell('small', 1, 1_000)];
    expect(takeFromCells(times, [large, small], 0).allowed).toBe(true);
    expect(takeFromCells(times, [large, small], 0)).toEqual({
      allowed: false,
      aheadUs: [100_000, 1_000_000],
    });
    expect(times.get('large')).toBe(100_000);
  });

  it('treats a cell as full if a lowered rate or a clock that was set back left more', () => {
    const times = new Map([['a', 3_600_000_000]]);
    const { aheadUs } = takeFromCells(times, [cell('a', 2, 1_000)], 0);
    expect(aheadUs).toEqual([1_000_000]);
  });
});

describe('reserving slots', () => {
  const { rate } = cell('a', 10, 1_000, 2);

  it('gives the burst no delay, and each later slot one interval more', () => {
    const times = new Map<string, number>();
    const delays = Array.from({ length: 5 }, () => reserveSlot(times, 'a', rate, 0, Infinity));
    expect(delays.map(({ delayUs }) => delayUs)).toEqual([0, 0, 100_000, 200_000, 300_000]);
  });

  it('does not reserve a slot beyond the max delay, and returns its delay', () => {
    const times = new Map<string, number>();
    for (let i = 0; i < 3; i++) reserveSlot(times, 'a', rate, 0, 100_000);
    const late = { reserved: false, delayUs: 200_000 };
    expect(reserveSlot(times, 'a', rate, 0, 100_000)).toMatchObject(late);
    expect(reserveSlot(times, 'a', rate, 0, 100_000)).toMatchObject(late);
    expect(reserveSlot(times, 'a', rate, 100_000, 100_000)).toMatchObject({ reserved: true });
  });

  it('gives returned slots to the next callers', () => {
    const times = new Map<string, number>();
    for (let i = 0; i < 5; i++) reserveSlot(times, 'a', rate, 0, Infinity);
    returnSlots(times, 'a', rate, 2);
    expect(reserveSlot(times, 'a', rate, 0, Infinity).delayUs).toBe(200_000);
    returnSlots(times, 'a', rate, 9);
    expect(reserveSlot(times, 'a', rate, 0, Infinity).delayUs).toBe(0);
    returnSlots(times, 'unknown', rate, 1);
    expect(times.has('unknown')).toBe(false);
  });
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

  /** A time in 2026, as Redis returns it. */
  const START_US = 1_795_000_000_000_000;
  const pause = fc.oneof(fc.nat(50), fc.nat(400_000), fc.nat(5_000_000));
  const rates = { a: [3, 1_000, 3], b: [7, 999, 2], c: [1, 30, 4] } as const;
  type Key = keyof typeof rates;

  /** A script that takes the time as its last argument, because the clock of Redis cannot be set. */
  const atTime = (source: string) =>
    new LuaScript<readonly number[]>(`local now = tonumber(table.remove(ARGV))\n${source}`);

  it('takes from cells as in memory, to the microsecond', async () => {
    const script = atTime(TAKE_FROM_CELLS);
    const request = fc.record({
      afterUs: pause,
      keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      shrunk: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        await redis.flushall();
        const times = new Map<string, number>();
        let now = START_US;
        for (const { afterUs, keys, shrunk } of requests) {
          now += afterUs;
          const cells = keys.map((key) => {
            const [limit, per, burst] = rates[key as Key];
            return cell(key, limit, per, shrunk ? 1 : burst);
          });
          const args = cells.flatMap(({ rate }) => [rate.intervalUs, rate.capacityUs]);
          const { allowed, aheadUs } = takeFromCells(times, cells, now);
          const answer = await script.run(redis, keys, [...args, now]);
          expect(answer).toEqual([allowed ? 1 : 0, ...aheadUs]);
          // Restores keys that expired in real time but not in the time of the requests.
          for (const [key, tat] of times) await redis.set(key, String(tat));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reserves and returns slots as in memory, to the microsecond', async () => {
    const reserve = atTime(RESERVE_SLOTS);
    const giveBack = atTime(RETURN_SLOTS);
    const step = fc.record({
      afterUs: pause,
      key: fc.constantFrom<Key>('a', 'b', 'c'),
      /** Whether each job that needs a slot already exists. */
      jobs: fc.array(fc.boolean(), { maxLength: 6 }),
      maxDelayUs: fc.oneof(fc.constant(0), fc.nat(2_000_000), fc.constant(Infinity)),
      returned: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        await redis.flushall();
        await redis.set('present', '1');
        const times = new Map<string, number>();
        let now = START_US;
        /** Compares both states, and restores keys that expired in real time. */
        const compare = async (key: string): Promise<void> => {
          const tat = times.get(key);
          const aheadUs = tat === undefined ? 0 : Math.max(0, tat - now);
          const stored = await redis.get(key);
          if (stored !== null) expect(Math.round(Number(stored) * 1_000)).toBe(tat);
          if (aheadUs === 0) expect(stored).toBeNull();
          // An earlier time may have expired by now.
          if (aheadUs > 2_000_000) expect(stored).not.toBeNull();
          for (const [each, at] of times) {
            if (at > now) await redis.set(each, (at / 1_000).toFixed(3));
            else await redis.del(each);
          }
        };
        for (const { afterUs, key, jobs, maxDelayUs, returned } of steps) {
          now += afterUs;
          for (const [each, at] of times) if (at <= now) await redis.del(each);
          const [limit, per, burst] = rates[key];
          const { rate } = cell(key, limit, per, burst);
          const expected = jobs.map((exists) => {
            if (exists) return -1;
            const slot = reserveSlot(times, key, rate, now, maxDelayUs);
            return slot.reserved ? slot.delayUs : -2 - slot.delayUs;
          });
          const keys = jobs.map((exists) => (exists ? 'present' : 'absent'));
          const longest = maxDelayUs === Infinity ? -1 : maxDelayUs;
          const args = [rate.intervalUs, rate.capacityUs, longest, now];
          expect(await reserve.run(redis, [key, ...keys], args)).toEqual(expected);
          await compare(key);
          returnSlots(times, key, rate, returned);
          await giveBack.run(redis, [key], [rate.intervalUs, returned, now]);
          await compare(key);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets a key of slots expire at its arrival time', async () => {
    const { rate } = cell('a', 10, 1_000, 1);
    await redis.flushall();
    const args = [rate.intervalUs, rate.capacityUs, -1, START_US];
    await atTime(RESERVE_SLOTS).run(redis, ['a', 'x', 'x'], args);
    const ttl = await redis.pttl('a');
    expect(ttl).toBeGreaterThan(100);
    expect(ttl).toBeLessThanOrEqual(200);
  });

  it('treats a key with another value as unused', async () => {
    await redis.set('a', 'something else');
    const { rate } = cell('a', 10, 1_000, 1);
    const args = [rate.intervalUs, rate.capacityUs, -1, START_US];
    expect(await atTime(RESERVE_SLOTS).run(redis, ['a', 'x'], args)).toEqual([0]);
  });
});
