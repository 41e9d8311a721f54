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

  /** Samples every 5 s, as often as there are shares of busy time. */
  const seen = async (...busy: number[]): Promise<string[]> => {
    const found = [check[CHECK_HEALTH]().status as string];
    for (const share of busy) {
      loop.spend(5_000, share);
      await clock.advance(5_000);
      found.push(check[CHECK_HEALTH]().status);
    }
    return found.slice(1);
  };

  it('is degraded when it was busy for 10 s, not for 5', async () => {
    expect(await seen(0.96, 0.5, 0.96, 0.96, 0.5)).toEqual(['up', 'up', 'up', 'degraded', 'up']);
  });

  it('is down when there was hardly a pause for 30 s', async () => {
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

  it('is not measured any more when the application ends', () => {
    check.onApplicationShutdown();
    expect(loop.stopped).toBe(true);
  });
});

it('sees a real block of the loop, once', async () => {
  const loop = new EventLoopMonitor();
  const check = new EventLoopCheck({}, new SystemClock(), loop);
  const turns = (ms: number) => new Promise((done) => setTimeout(done, ms));
  // The monitor counts from its second timer on.
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
