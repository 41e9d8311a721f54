import { setTimeout as turns } from 'node:timers/promises';
import { EventLoopMonitor, loopUtilization } from './event-loop-monitor.js';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('reports a block of the loop once in each monitor', async () => {
  const [one, two] = [new EventLoopMonitor(), new EventLoopMonitor()];
  expect(one.takeDelays()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  const before = one.times();
  // A monitor starts to count with its second timer.
  await turns(60);
  block(300);
  await turns(60);
  const delays = one.takeDelays();
  expect(delays.maxMs).toBeGreaterThan(200);
  expect(delays.p99Ms).toBeGreaterThan(200);
  expect(delays.p50Ms).toBeLessThan(delays.maxMs);
  expect(one.takeDelays().maxMs).toBeLessThan(200);
  expect(two.takeDelays().maxMs).toBeGreaterThan(200);
  const busy = loopUtilization(before, one.times());
  expect(busy).toBeGreaterThan(0.3);
  expect(busy).toBeLessThanOrEqual(1);
  one.stop();
  two.stop();
});

it('reports 0 if no time has passed', () => {
  const times = { active: 5, idle: 3 };
  expect(loopUtilization(times, times)).toBe(0);
});
