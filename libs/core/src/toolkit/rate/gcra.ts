import type { ResolvedRate } from './resolve-rate.js';

// The generic cell rate algorithm (GCRA, ITU-T I.371 annex A, "virtual scheduling"). It stores one number
// for each key: the theoretical arrival time (TAT), at which the next event would come at an even rate.
// A key may be ahead of its rate by its capacity. `gcra-scripts.ts` does the same in Redis; the spec
// proves that both decide alike.

/** Stores the theoretical arrival times by key, in microseconds. */
export interface ArrivalTimes {
  get(key: string): number | undefined;
  /** A time in the past means the same as no time, so it may be forgotten. */
  set(key: string, tatUs: number): void;
}

/** A key with its rate. */
export interface Cell {
  readonly key: string;
  readonly rate: ResolvedRate;
}

/** The decision of {@link takeFromCells}. */
export interface CellsVerdict {
  /** Whether an event was taken from every cell. If not, none was taken from any. */
  readonly allowed: boolean;
  /** How far each cell is ahead of its rate now, in the order of the cells. */
  readonly aheadUs: readonly number[];
}

/** Takes one event from every cell, or from none of them if one is full. */
export function takeFromCells(
  times: ArrivalTimes,
  cells: readonly Cell[],
  nowUs: number,
): CellsVerdict {
  let allowed = true;
  const aheadUs = cells.map(({ key, rate: { intervalUs, capacityUs } }) => {
    // A lowered rate or a clock that was set back leaves more than the capacity.
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
  /** Whether the slot was reserved. It was not if its delay exceeds the max. */
  readonly reserved: boolean;
  /** Time until the slot. */
  readonly delayUs: number;
  /** The key's arrival time once the slot is reserved. */
  readonly tatUs: number;
}

/** Reserves the next slot of a key, unless its delay exceeds `maxDelayUs`. */
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

/** Returns reserved slots of a key, so that later callers get earlier slots. */
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
