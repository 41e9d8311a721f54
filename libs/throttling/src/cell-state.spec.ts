import { resolveRate, takeFromCells, type Cell } from '@loyalnest/core/toolkit';
import { remaining, resetSeconds, retryAfterMs } from './cell-state.js';

const cell = (key: string, limit: number, per: number): Cell => ({
  key,
  rate: resolveRate('limit', { limit, per }),
});

it('loses nothing in the cells of a request that one of them refused', () => {
  const times = new Map<string, number>();
  const [large, small] = [cell('large', 10, 1_000), cell('small', 1, 1_000)];
  expect(takeFromCells(times, [large, small], 0).allowed).toBe(true);
  const refused = takeFromCells(times, [large, small], 0);
  expect(refused.allowed).toBe(false);
  expect(remaining(refused.aheadUs[0]!, large.rate)).toBe(9);
  expect(remaining(takeFromCells(times, [large], 0).aheadUs[0]!, large.rate)).toBe(8);
});

it('waits no longer than for a full cell, whatever a larger rate or another clock has left', () => {
  const times = new Map([['a', 3_600_000_000]]);
  const { aheadUs } = takeFromCells(times, [cell('a', 2, 1_000)], 0);
  expect(retryAfterMs(aheadUs[0]!, resolveRate('limit', { limit: 2, per: 1_000 }))).toBe(500);
});

it('tells what remains, when the next one is let in, and when all is as before', () => {
  const times = new Map<string, number>();
  const three = cell('a', 3, 10_000);
  const states = [0, 0, 0, 0].map(() => {
    const [ahead] = takeFromCells(times, [three], 0).aheadUs as [number];
    return [remaining(ahead, three.rate), retryAfterMs(ahead, three.rate), resetSeconds(ahead)];
  });
  // A third of 10 s in whole microseconds.
  expect(states).toEqual([
    [2, 0, 4],
    [1, 0, 7],
    [0, 3_334, 10],
    [0, 3_334, 10],
  ]);
});
