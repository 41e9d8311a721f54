import type { ResolvedRate } from './resolve-rate.js';

// The generic cell rate algorithm (GCRA, ITU-T I.371 annex A, "virtual scheduling"). It keeps one
// number for each key: the theoretical arrival time (TAT), at which the next one would come if all
// came evenly. A key may be ahead of its rate by its capacity. `gcra-scripts.ts` does the same in
// Redis; the spec proves that both decide alike.

/** Keeps the arrival times by key, in microseconds. */
export interface ArrivalTimes {
  get(key: string): number | undefined;
  /** A time that has passed says no more than a missing one, so it may be forgotten. */
  set(key: string, tatUs: number): void;
}

/** A key with its rate. */
export interface Cell {
  readonly key: string;
  readonly rate: ResolvedRate;
}

/** What {@link takeFromCells} decided. */
export interface CellsVerdict {
  /** Whether one was taken from every cell. If not, none was taken from any. */
  readonly allowed: boolean;
  /** How far each cell is ahead of its rate now, in the order of the cells. */
  readonly aheadUs: readonly number[];
}

/** Takes one from every cell, or none if one of them is full. */
export function takeFromCells(
  times: ArrivalTimes,
  cells: readonly Cell[],
  nowUs: number,
): CellsVerdict {
  let allowed = true;
  const aheadUs = cells.map(({ key, rate: { intervalUs, capacityUs } }) => {
    // More than the capacity remains of a larger rate, or of a clock that was set back.
    const ahead = Math.min(capacityUs, aheadOf(times.get(key) ?? nowUs, nowUs));
    if (delayOf(ahead, intervalUs, capacityUs) > 0) allowed = false;
    return ahead;
  });
  if (allowed) {
    cells.forEach(({ key, rate: { intervalUs } }, i) => {
      aheadUs[i]! += intervalUs;
      times.set(key, nowUs + aheadUs[i]!);
    });
  }
  return { allowed, aheadUs };
}

/** The next slot of a key. */
export interface Slot {
  /** Whether it was reserved. It was not if it comes later than the caller would wait. */
  readonly reserved: boolean;
  /** Time until the slot. */
  readonly delayUs: number;
  /** The key's arrival time once the slot is reserved. */
  readonly tatUs: number;
}

/** Reserves the next slot of a key, unless it is more than `maxDelayUs` away. */
export function reserveSlot(
  times: ArrivalTimes,
  key: string,
  rate: ResolvedRate,
  nowUs: number,
  maxDelayUs: number,
): Slot {
  const { intervalUs, capacityUs } = rate;
  const ahead = aheadOf(times.get(key) ?? nowUs, nowUs);
  const delayUs = delayOf(ahead, intervalUs, capacityUs);
  const tatUs = nowUs + ahead + intervalUs;
  const reserved = delayUs <= maxDelayUs;
  if (reserved) times.set(key, tatUs);
  return { reserved, delayUs, tatUs };
}

/** Gives slots of a key back, so that later callers come earlier. */
export function returnSlots(
  times: ArrivalTimes,
  key: string,
  { intervalUs }: ResolvedRate,
  slots: number,
): void {
  const tatUs = times.get(key);
  if (tatUs !== undefined) times.set(key, tatUs - slots * intervalUs);
}

function aheadOf(tatUs: number, nowUs: number): number {
  return Math.max(0, tatUs - nowUs);
}

function delayOf(aheadUs: number, intervalUs: number, capacityUs: number): number {
  return Math.max(0, aheadUs + intervalUs - capacityUs);
}
