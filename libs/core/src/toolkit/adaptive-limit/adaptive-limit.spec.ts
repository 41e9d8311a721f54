import { OptionError } from '../../options/option.error.js';
import { AdaptiveLimit } from './adaptive-limit.js';
import { resolveAdaptiveLimit, type AdaptiveLimitOptions } from './adaptive-limit.options.js';

/** A server with some workers and a queue, on virtual time. */
class SimulatedServer {
  now = 0;
  readonly limiter: AdaptiveLimit;
  workers = 50;
  serviceMs = 10;
  refused = 0;
  served = 0;
  private inFlight = 0;
  private readonly freeAt: number[] = [];
  private readonly running: { startedAt: number; endsAt: number }[] = [];

  constructor(options: AdaptiveLimitOptions = {}) {
    this.limiter = new AdaptiveLimit(resolveAdaptiveLimit('test', options), {
      monotonic: () => this.now,
    });
  }

  /** Offers requests at an even rate for some time. */
  run(seconds: number, perSecond: number): void {
    const end = this.now + seconds * 1_000;
    const gapMs = 1_000 / perSecond;
    for (let at = this.now; at < end; at += gapMs) {
      this.endUntil(at);
      this.now = at;
      this.arrive();
    }
    this.endUntil(end);
    this.now = end;
  }

  private arrive(): void {
    if (this.inFlight >= this.limiter.limit) {
      this.refused++;
      this.limiter.noteRefusal();
      return;
    }
    this.inFlight++;
    while (this.freeAt.length > this.workers) this.freeAt.shift();
    let startsAt = this.now;
    if (this.freeAt.length === this.workers) startsAt = Math.max(startsAt, this.freeAt.shift()!);
    const endsAt = startsAt + this.serviceMs;
    this.freeAt.push(endsAt);
    this.freeAt.sort((a, b) => a - b);
    this.running.push({ startedAt: this.now, endsAt });
    this.running.sort((a, b) => a.endsAt - b.endsAt);
  }

  private endUntil(until: number): void {
    while (this.running.length > 0 && this.running[0]!.endsAt <= until) {
      const { startedAt, endsAt } = this.running.shift()!;
      this.now = endsAt;
      this.limiter.observe(endsAt - startedAt, this.inFlight);
      this.inFlight--;
      this.served++;
    }
  }
}

it('starts at 256 and stays from 20 to 1,000', () => {
  const { limiter } = new SimulatedServer();
  expect(limiter.limit).toBe(256);
  expect(resolveAdaptiveLimit('test', {})).toEqual({ initial: 256, min: 20, max: 1_000 });
});

it('ends near the capacity under twice the load, after a quiet start', () => {
  const server = new SimulatedServer();
  server.run(20, 2_000);
  server.run(120, 10_000);
  expect(server.limiter.limit).toBeGreaterThanOrEqual(50);
  expect(server.limiter.limit).toBeLessThanOrEqual(130);
});

it('ends near the capacity even if the process starts into an overload that lasts', () => {
  const server = new SimulatedServer();
  server.run(240, 10_000);
  expect(server.limiter.limit).toBeGreaterThanOrEqual(45);
  expect(server.limiter.limit).toBeLessThanOrEqual(130);
  expect(server.limiter.baselineMs).toBeLessThan(20);
});

it('keeps nearly all of the throughput while it limits', () => {
  const server = new SimulatedServer();
  server.run(20, 2_000);
  server.run(60, 10_000);
  const before = server.served;
  server.run(60, 10_000);
  expect(server.served - before).toBeGreaterThan(0.95 * 60 * 5_000);
});

it('recovers after a phase in which the server was slow', () => {
  const server = new SimulatedServer();
  server.run(20, 4_000);
  server.serviceMs = 100;
  server.run(60, 4_000);
  expect(server.limiter.limit).toBeLessThan(150);
  server.serviceMs = 10;
  server.run(60, 4_000);
  server.refused = 0;
  server.run(10, 4_000);
  expect(server.refused).toBe(0);
});

it('does not shrink while latency is low and steady', () => {
  const server = new SimulatedServer({ initial: 40 });
  server.serviceMs = 1;
  server.run(100, 5_000);
  expect(server.limiter.limit).toBeGreaterThanOrEqual(40);
});

it('does not grow while it is not used', () => {
  const server = new SimulatedServer();
  server.run(600, 500);
  expect(server.limiter.limit).toBe(256);
});

it('grows when more calls run without a rise in latency', () => {
  const server = new SimulatedServer({ initial: 30 });
  server.workers = 400;
  server.serviceMs = 50;
  server.run(60, 3_000);
  expect(server.limiter.limit).toBeGreaterThan(150);
});

it('is not moved by an idle hour', () => {
  const server = new SimulatedServer();
  server.run(10, 4_000);
  server.now += 3_600_000;
  server.run(10, 4_000);
  expect(server.limiter.limit).toBe(256);
  expect(server.limiter.baselineMs).toBe(10);
});

it('loses at most a tenth to one slow outlier', () => {
  const server = new SimulatedServer({ initial: 60 });
  server.run(20, 4_000);
  const before = server.limiter.limit;
  server.limiter.observe(60_000, 40);
  server.run(1, 4_000);
  expect(server.limiter.limit).toBeGreaterThanOrEqual(Math.floor(before * 0.9));
});

it('counts a call without an answer only if it took longer than usual', () => {
  const server = new SimulatedServer({ initial: 60 });
  server.run(20, 4_000);
  for (let i = 0; i < 1_000; i++) server.limiter.observeCutOff(1, 60);
  server.run(1, 4_000);
  expect(server.limiter.baselineMs).toBeCloseTo(10, 1);
  const before = server.limiter.limit;
  for (let second = 0; second < 5; second++) {
    for (let i = 0; i < 2_000; i++) server.limiter.observeCutOff(500, 60);
    server.run(1, 4_000);
  }
  expect(server.limiter.limit).toBeLessThan(before);
});

it('takes a new range in place', () => {
  const { limiter } = new SimulatedServer();
  limiter.update({ initial: 10, min: 5, max: 10 });
  expect(limiter.limit).toBe(10);
});

it.each([
  [{ min: 0 }, 'test.min: got 0; use a whole number >= 1'],
  [{ max: 0 }, 'test.max: got 0; use a whole number >= 1'],
  [{ min: 50, max: 40 }, 'test.min: got 50; use at most test.max, which is 40'],
  [{ initial: 5 }, 'test.initial: got 5; use a whole number >= 20 and <= 1000'],
  [{ initial: Number.NaN }, 'test.initial: got NaN; use a whole number >= 20 and <= 1000'],
])('refuses %p', (options, message) => {
  expect(() => resolveAdaptiveLimit('test', options)).toThrow(OptionError);
  expect(() => resolveAdaptiveLimit('test', options)).toThrow(message);
});

it('lets defaults follow a given range', () => {
  expect(resolveAdaptiveLimit('test', { max: 10 })).toEqual({ initial: 10, min: 10, max: 10 });
  expect(resolveAdaptiveLimit('test', { min: 2_000 })).toEqual({
    initial: 2_000,
    min: 2_000,
    max: 2_000,
  });
});
