import { resolveRate } from '@loyalnest/core/toolkit';
import { FakeClock } from '@loyalnest/testing';
import { MemoryThrottlingStorage } from './memory-throttling-storage.js';

const rate = resolveRate('limit', { limit: 1, per: '1m' });

it('holds at most maxKeys clients, however many come', () => {
  const storage = new MemoryThrottlingStorage({ maxKeys: 1_000, clock: new FakeClock() });
  for (let i = 0; i < 10_000; i++) storage.take([{ key: `ip:${i}`, rate }]);
  expect(storage.size).toBeLessThanOrEqual(1_000);
  expect(storage.size).toBeGreaterThanOrEqual(500);
});

it('remembers at least the latest maxKeys / 2 clients', () => {
  const storage = new MemoryThrottlingStorage({ maxKeys: 1_000, clock: new FakeClock() });
  for (let i = 0; i < 5_000; i++) storage.take([{ key: `ip:${i}`, rate }]);
  for (let i = 4_500; i < 5_000; i++) {
    expect(storage.take([{ key: `ip:${i}`, rate }]).allowed).toBe(false);
  }
});

it('keeps refusing a client that keeps asking, however many others come', () => {
  const storage = new MemoryThrottlingStorage({ maxKeys: 1_000, clock: new FakeClock() });
  storage.take([{ key: 'busy', rate }]);
  for (let i = 0; i < 5_000; i++) {
    storage.take([{ key: `ip:${i}`, rate }]);
    if (i % 100 === 0) expect(storage.take([{ key: 'busy', rate }]).allowed).toBe(false);
  }
});

it('forgets expired clients without a timer, and no others', async () => {
  const clock = new FakeClock();
  const storage = new MemoryThrottlingStorage({ clock });
  const hour = resolveRate('limit', { limit: 1, per: '1h' });
  for (let i = 0; i < 100; i++) storage.take([{ key: `ip:${i}`, rate }]);
  let allowed = 0;
  for (let minute = 0; minute < 300; minute++) {
    storage.take([{ key: 'busy', rate }]);
    if (storage.take([{ key: 'slow', rate: hour }]).allowed) allowed++;
    await clock.advance(60_000);
  }
  expect(allowed).toBe(5);
  expect(storage.size).toBeLessThanOrEqual(4);
  expect(clock.pendingTimers).toBe(0);
});

it.each([0, 1, Number.NaN, Infinity])('rejects %p as maxKeys', (maxKeys) => {
  expect(() => new MemoryThrottlingStorage({ maxKeys })).toThrow('throttling.maxKeys: got');
});
