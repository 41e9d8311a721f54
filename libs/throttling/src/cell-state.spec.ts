import { resolveRate, takeFromCells, type Cell } from '@loyalnest/core/toolkit';
import { remaining, resetSeconds, retryAfterMs } from './cell-state.js';

const cell = (key: string, limit: number, per: number): Cell => ({
  key,
  rate: resolveRate('limit', { limit, per }),
});

it('keeps what remains in every cell if one cell refuses the request', () => {
  const times = new Map<string, number>();
  const [large, small] = [cell('large', 10, 1_000), cell('small', 1, 1_000)];
  expect(takeFromCells(times, [large, small], 0).allowed).toBe(true);
  const refused = takeFromCells(times, [large, small], 0);
  expect(refused.allowed).toBe(false);
  expect(remaining(refused.aheadUs[0]!, large.rate)).toBe(9);
  expect(remaining(takeFromCells(times, [large], 0).aheadUs[0]!, large.rate)).toBe(8);
});

it('waits at most as for a full cell if a lowered rate or another clock left more', () => {
  const times = new Map([['a', 3_600_000_000]]);
  const { aheadUs } = takeFromCells(times, [cell('a', 2, 1_000)], 0);
  expect(retryAfterMs(aheadUs[0]!, resolveRate('limit', { limit: 2, per: 1_000 }))).toBe(500);
});

it('returns what remains, the time to the next request, and the time to a full reset', () => {
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
