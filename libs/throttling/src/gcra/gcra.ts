import type { ResolvedRate } from './rate.js';

/** One bucket that a request takes from. */
export interface Cell {
  readonly key: string;
  readonly rate: ResolvedRate;
}

/** Where theoretical arrival times (TAT) are kept, in microseconds. */
export interface ArrivalTimes {
  get(key: string): number | undefined;
  /** What is kept may be forgotten once its time is past. */
  set(key: string, tatUs: number): void;
}

/** What was decided about one request. */
export interface Verdict {
  /** Whether it was taken, from all cells; otherwise from none. */
  readonly allowed: boolean;
  /** By how much each cell is taken in advance now, in the order of the cells. */
  readonly aheadUs: readonly number[];
  /** Redis is away: this process decided by itself. */
  readonly fallback?: true;
}

/**
 * Takes one request from each cell, or from none if one of them is full: the generic cell rate
 * algorithm (GCRA, ITU-T I.371 annex A, in the form of "virtual scheduling"). `GCRA_SCRIPT` is the
 * same for Redis.
 */
export function take(times: ArrivalTimes, cells: readonly Cell[], nowUs: number): Verdict {
  let allowed = true;
  const aheadUs = cells.map(({ key, rate: { intervalUs, capacityUs } }) => {
    // More than the capacity is left of a larger rate, or of a clock that was set back.
    const ahead = Math.max(0, Math.min(capacityUs, (times.get(key) ?? nowUs) - nowUs));
    if (ahead + intervalUs > capacityUs) allowed = false;
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

/** Requests that the cell would take now. */
export function remaining(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.floor((capacityUs - aheadUs) / intervalUs);
}

/** Time until the cell takes one more request; 0 if it does now. */
export function retryAfterMs(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.max(0, Math.ceil((aheadUs + intervalUs - capacityUs) / 1_000));
}

/** Time until the cell is as if nothing had ever been taken, in whole seconds. */
export function resetSeconds(aheadUs: number): number {
  return Math.ceil(aheadUs / 1_000_000);
}
