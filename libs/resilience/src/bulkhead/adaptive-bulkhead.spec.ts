import { FakeClock } from '@loyalnest/core/testing';
import { OptionError } from '@loyalnest/core';
import { Bulkhead } from './bulkhead.js';
import { resolveBulkhead, type BulkheadOptions } from './bulkhead.options.js';

/** A dependency that answers in 10 ms, and slower if more calls run than it has room for. */
class Dependency {
  readonly clock = new FakeClock();
  readonly bulkhead: Bulkhead;
  private callers = 0;

  constructor(
    options: BulkheadOptions,
    public room: number,
  ) {
    this.bulkhead = new Bulkhead('sms', resolveBulkhead('test', options), this.clock);
  }

  /** Lets that many callers call all the time. */
  async load(callers: number, seconds: number): Promise<void> {
    while (this.callers < callers) void this.callAgain(this.callers++);
    this.callers = callers;
    await this.clock.advance(seconds * 1_000);
  }

  get limit(): number {
    return this.bulkhead.snapshot.limit;
  }

  private async callAgain(caller: number): Promise<void> {
    while (caller < this.callers) {
      const permit = await this.bulkhead.acquire();
      const { running } = this.bulkhead.snapshot;
      const latencyMs = 10 * Math.max(1, running / this.room);
      await new Promise<void>((done) => this.clock.schedule(done, latencyMs));
      this.bulkhead.observe(latencyMs, true);
      permit.release();
    }
  }
}

const ADAPTIVE = { maxConcurrent: 60, maxQueue: 100, maxWait: '60s', adaptive: true } as const;

it('lowers its limit when calls queue in the dependency, and raises it when they do not', async () => {
  const dependency = new Dependency(ADAPTIVE, 10);
  await dependency.load(3, 6);
  expect(dependency.limit).toBe(60);
  await dependency.load(80, 8);
  expect(dependency.limit).toBeLessThan(40);
  expect(dependency.bulkhead.snapshot.running).toBeLessThanOrEqual(40);
  const lowered = dependency.limit;
  dependency.room = 1_000;
  await dependency.load(80, 8);
  expect(dependency.limit).toBeGreaterThan(lowered + 10);
  expect(dependency.limit).toBeLessThanOrEqual(60);
});

it('lets no call wait while a slot is free, however its limit changes', async () => {
  const dependency = new Dependency({ ...ADAPTIVE, adaptive: { initial: 2 } }, 1_000);
  await dependency.load(30, 5);
  const { running, waiting, limit } = dependency.bulkhead.snapshot;
  expect(limit).toBeGreaterThan(2);
  expect(running).toBe(Math.min(limit, 30));
  expect(waiting).toBe(30 - running);
  dependency.bulkhead.update(resolveBulkhead('test', { maxConcurrent: 30, maxQueue: 100 }));
  expect(dependency.bulkhead.snapshot).toMatchObject({ running: 30, waiting: 0, limit: 30 });
});

it('finds its limit although the dependency was full from the start', async () => {
  const dependency = new Dependency(ADAPTIVE, 10);
  await dependency.load(80, 40);
  expect(dependency.limit).toBeLessThan(50);
});

it('lets waiting calls run when its limit has grown, even if no slot becomes free', async () => {
  const { bulkhead, clock } = new Dependency({ ...ADAPTIVE, adaptive: { initial: 2 } }, 10);
  await bulkhead.acquire();
  await bulkhead.acquire();
  const waiting = bulkhead.acquire();
  for (let window = 0; bulkhead.snapshot.limit === 2; window++) {
    expect(window).toBeLessThan(10);
    await clock.advance(500);
    for (let i = 0; i < 10; i++) bulkhead.observe(10, true);
  }
  await waiting;
  expect(bulkhead.snapshot).toMatchObject({ running: 3, waiting: 0 });
});

it('takes another range in place and keeps what it has found', async () => {
  const { bulkhead } = new Dependency({ ...ADAPTIVE, adaptive: { initial: 20 } }, 10);
  bulkhead.update(resolveBulkhead('test', { ...ADAPTIVE, maxConcurrent: 50 }));
  expect(bulkhead.snapshot).toMatchObject({ limit: 20, maxConcurrent: 50 });
  bulkhead.update(resolveBulkhead('test', { ...ADAPTIVE, maxConcurrent: 15 }));
  expect(bulkhead.snapshot).toMatchObject({ limit: 15, maxConcurrent: 15 });
  bulkhead.update(resolveBulkhead('test', { maxConcurrent: 15 }));
  expect(bulkhead.isAdaptive).toBe(false);
});

it('says in its error how many calls could run', async () => {
  const { bulkhead } = new Dependency({ adaptive: { initial: 3 } }, 10);
  for (let i = 0; i < 3; i++) await bulkhead.acquire();
  await expect(bulkhead.acquire()).rejects.toMatchObject({ maxConcurrent: 3 });
});

it.each([
  [{ adaptive: 'yes' as never }, 'test.adaptive'],
  [{ adaptive: { min: 0 } }, 'test.adaptive.min: got 0; use a whole number >= 1 and <= 10'],
  [{ adaptive: { min: 11 } }, 'test.adaptive.min: got 11; use a whole number >= 1 and <= 10'],
  [{ adaptive: { min: 3, initial: 2 } }, 'test.adaptive.initial: got 2; use a whole number >= 3'],
  [{ adaptive: { initial: Number.NaN } }, 'test.adaptive.initial: got NaN'],
])('refuses %p', (options, message) => {
  expect(() => resolveBulkhead('test', options)).toThrow(OptionError);
  expect(() => resolveBulkhead('test', options)).toThrow(message);
});
