import { CHECK_HEALTH, SystemClock } from '@loyalnest/core';
import { EventLoopMonitor, type LoopTimes } from '@loyalnest/core/toolkit';
import { FakeClock } from '@loyalnest/testing';
import { EventLoopCheck } from './event-loop-check.js';

class ScriptedLoop {
  total: LoopTimes = { active: 0, idle: 0 };
  delayMs = 0;
  stopped = false;
  times = () => this.total;
  takeDelays = () => ({ p50Ms: 0, p99Ms: this.delayMs, maxMs: this.delayMs });
  stop = (): void => {
    this.stopped = true;
  };
  spend(ms: number, busy: number): void {
    const { active, idle } = this.total;
    this.total = { active: active + ms * busy, idle: idle + ms * (1 - busy) };
  }
}

describe('the event loop', () => {
  let clock: FakeClock;
  let loop: ScriptedLoop;
  let check: EventLoopCheck;

  beforeEach(() => {
    clock = new FakeClock();
    loop = new ScriptedLoop();
    check = new EventLoopCheck({}, clock, loop);
  });

  /** Samples every 5 s, once for each share of busy time, and returns the statuses. */
  const seen = async (...busy: number[]): Promise<string[]> => {
    const found = [check[CHECK_HEALTH]().status as string];
    for (const share of busy) {
      loop.spend(5_000, share);
      await clock.advance(5_000);
      found.push(check[CHECK_HEALTH]().status);
    }
    return found.slice(1);
  };

  it('is degraded after 10 busy seconds, but not after 5', async () => {
    expect(await seen(0.96, 0.5, 0.96, 0.96, 0.5)).toEqual(['up', 'up', 'up', 'degraded', 'up']);
  });

  it('is down after 30 s with hardly a pause', async () => {
    const statuses = await seen(0.99, 0.99, 0.99, 0.99, 0.99, 0.99, 0.1);
    expect(statuses.slice(-3)).toEqual(['degraded', 'down', 'up']);
  });

  it('is degraded when its timers are late', async () => {
    loop.delayMs = 251;
    expect(check[CHECK_HEALTH]()).toMatchObject({
      status: 'degraded',
      code: 'loop-late',
      observed: { delayP99Ms: 251 },
    });
  });

  it('is no longer measured after the application has shut down', () => {
    check.onApplicationShutdown();
    expect(loop.stopped).toBe(true);
  });
});

it('reports a real block of the loop once', async () => {
  const loop = new EventLoopMonitor();
  const check = new EventLoopCheck({}, new SystemClock(), loop);
  const turns = (ms: number) => new Promise((done) => setTimeout(done, ms));
  // The monitor starts to count with its second timer.
  await turns(60);
  expect(check[CHECK_HEALTH]().status).toBe('up');
  await turns(30);
  const until = performance.now() + 600;
  while (performance.now() < until);
  await turns(60);
  const blocked = check[CHECK_HEALTH]();
  expect(blocked).toMatchObject({ status: 'degraded', code: 'loop-late' });
  expect(blocked.observed!['delayP99Ms']).toBeGreaterThan(500);
  await turns(60);
  expect(check[CHECK_HEALTH]().status).toBe('up');
  loop.stop();
});
