import { SystemClock, type Clock } from '@loyalnest/core';
import { takeFromCells, wholeNumber, type ArrivalTimes, type Cell } from '@loyalnest/core/toolkit';
import { RecentMap } from './recent-map.js';
import { ThrottlingStorage } from './throttling-storage.js';
import type { Verdict } from './verdict.js';

export interface MemoryStorageOptions {
  /**
   * Clients that are remembered at most; beyond it those are forgotten that were not let in for
   * longest. About 150 bytes each. At least 2.
   *
   * @defaultValue 100,000
   */
  readonly maxKeys?: number;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
}

/** Keeps what was taken in this process alone, in bounded memory and without timers. */
export class MemoryThrottlingStorage extends ThrottlingStorage implements ArrivalTimes {
  private readonly clock: Clock;
  private readonly tats: RecentMap<number>;
  private nowUs = 0;
  /** The largest capacity so far: after it, what was set before is past. */
  private longestUs = 0;
  private agesAtUs = 0;

  /** @throws OptionError */
  constructor({ maxKeys = 100_000, clock = new SystemClock() }: MemoryStorageOptions = {}) {
    super();
    this.tats = new RecentMap(
      wholeNumber('throttling.maxKeys', maxKeys, { min: 2, max: 10_000_000 }),
    );
    this.clock = clock;
  }

  /** Clients that are remembered now. */
  get size(): number {
    return this.tats.size;
  }

  override take(cells: readonly Cell[]): Verdict {
    this.nowUs = Math.floor(this.clock.monotonic() * 1_000);
    for (const { rate } of cells) {
      if (rate.capacityUs > this.longestUs) this.extend(rate.capacityUs);
    }
    if (this.nowUs >= this.agesAtUs) {
      this.tats.age();
      this.agesAtUs = this.nowUs + this.longestUs;
    }
    return takeFromCells(this, cells, this.nowUs);
  }

  get(key: string): number | undefined {
    return this.tats.get(key);
  }

  set(key: string, tatUs: number): void {
    if (this.tats.set(key, tatUs)) this.agesAtUs = this.nowUs + this.longestUs;
  }

  private extend(capacityUs: number): void {
    this.longestUs = capacityUs;
    this.agesAtUs = this.nowUs + capacityUs;
  }
}
