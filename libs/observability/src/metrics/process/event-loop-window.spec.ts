import { setImmediate } from 'node:timers/promises';
import { EventLoopWindow, WINDOW_MS } from './event-loop-window.js';

function beBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('returns the same window to every reader until it ends, then a new one', async () => {
  let now = 0;
  const loop = new EventLoopWindow(() => now);
  const { activeSeconds: activeBefore, idleSeconds: _, ...window } = loop.read();
  // The histogram records its first value when its timer fires.
  for (let i = 0; i < 5; i++) {
    beBusy(60);
    await setImmediate();
  }
  now = WINDOW_MS - 1;
  expect(loop.read()).toMatchObject(window);
  now = WINDOW_MS;
  const later = loop.read();
  expect(later.maxSeconds).toBeGreaterThan(0.01);
  expect(later.maxSeconds).toBeGreaterThan(window.maxSeconds);
  expect(later.utilization).toBeGreaterThan(0);
  expect(later.utilization).toBeLessThanOrEqual(1);
  expect(later.activeSeconds).toBeGreaterThan(activeBefore);
});
