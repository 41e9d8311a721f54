import { FakeClock } from '@loyalnest/core/testing';
import { LoopRule } from './loop-rule.js';

const loop = { currentMs: 0 };
let clock: FakeClock;
let rule: LoopRule;

/** The loop as a series of blocks: it is measured after each. */
async function block(ms: number, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    await clock.advance(ms);
    rule.note(ms);
  }
}

beforeEach(() => {
  loop.currentMs = 0;
  clock = new FakeClock();
  rule = new LoopRule(200, clock);
});

it('lets requests begin while the loop is on time', async () => {
  await block(20, 100);
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(false);
});

it('lets requests begin after a short block', async () => {
  await block(20, 100);
  await block(900);
  loop.currentMs = 900;
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(false);
});

it('refuses requests that waited for more than a second, whatever came before', async () => {
  await block(20, 100);
  loop.currentMs = 1_001;
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(true);
  expect(rule.isTooLate(loop.currentMs, 1.5)).toBe(false);
  loop.currentMs = 2_001;
  expect(rule.isTooLate(loop.currentMs, 2)).toBe(true);
});

it('refuses by importance once the loop has been late for a second', async () => {
  await block(250, 3);
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(false);
  await block(250);
  expect([1, 1.5, 2].map((patience) => rule.isTooLate(loop.currentMs, patience))).toEqual([
    true,
    false,
    false,
  ]);
  await block(350);
  expect([1, 1.5, 2].map((patience) => rule.isTooLate(loop.currentMs, patience))).toEqual([
    true,
    true,
    false,
  ]);
  await block(450);
  expect(rule.isTooLate(loop.currentMs, 2)).toBe(true);
});

it('stops refusing as soon as the loop has been on time once', async () => {
  await block(300, 5);
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(true);
  await block(20);
  await block(300);
  expect(rule.isTooLate(loop.currentMs, 1)).toBe(false);
});
