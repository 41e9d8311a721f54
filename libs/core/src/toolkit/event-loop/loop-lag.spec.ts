import { setTimeout as turns } from 'node:timers/promises';
import { LoopLag } from './loop-lag.js';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('knows how late the loop is while something still blocks it', async () => {
  const lag = new LoopLag();
  await turns(50);
  const before = lag.currentMs;
  block(200);
  expect(lag.currentMs - before).toBeGreaterThan(150);
  lag.stop();
});

it('adds the turn in which a request may have arrived, until the loop has read everything', async () => {
  const earlier: number[] = [];
  const lag: LoopLag = new LoopLag(() => earlier.push(lag.waitedMs - lag.currentMs));
  await turns(50);
  earlier.length = 0;
  block(300);
  while (earlier.length === 0) await turns(1);
  expect(earlier[0]).toBeGreaterThan(200);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(lag.waitedMs - lag.currentMs).toBeLessThan(200);
  lag.stop();
});

it('goes on measuring for others when one stops', async () => {
  const heard: number[] = [];
  const lag = new LoopLag((lateMs) => heard.push(lateMs));
  const other = new LoopLag();
  other.stop();
  other.stop();
  while (heard.length < 2) await turns(1);
  lag.stop();
  const next = new LoopLag((lateMs) => heard.push(lateMs));
  while (heard.length < 4) await turns(1);
  next.stop();
});
