import { SystemClock, type Clock } from '@loyalnest/core';
import { takeFromCells, wholeNumber, type ArrivalTimes, type Cell } from '@loyalnest/core/toolkit';
import { RecentMap } from './recent-map.js';
import { ThrottlingStorage } from './throttling-storage.js';
import type { Verdict } from './verdict.js';

/** Options of a {@link MemoryThrottlingStorage}. */
export interface MemoryStorageOptions {
  /**
   * Max number of clients in memory, at least 2. Beyond it, the clients that have sent no request for
   * the longest time are forgotten. A client takes about 150 bytes.
   *
   * @defaultValue 100,000
   */
  readonly maxKeys?: number;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** Counts the requests of this process, in bounded memory and without timers. */
export class MemoryThrottlingStorage extends ThrottlingStorage implements ArrivalTimes {
  private readonly clock: Clock;
  private readonly tats: RecentMap<number>;
  private nowUs = 0;
  /** The largest capacity so far. An entry that was set longer ago has no effect any more. */
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

  /** Number of clients in memory. */
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
    const verdict = takeFromCells(this, cells, this.nowUs);
    if (!verdict.allowed) this.renew(cells);
    return verdict;
  }

  get(key: string): number | undefined {
    return this.tats.get(key);
  }

  set(key: string, tatUs: number): void {
    if (this.tats.set(key, tatUs)) this.agesAtUs = this.nowUs + this.longestUs;
  }

  /**
   * Keeps clients that were refused in memory. A refusal sets nothing, so that a client that keeps
   * asking would be forgotten when many others come, and would get a fresh limit.
   */
  private renew(cells: readonly Cell[]): void {
    for (const { key } of cells) {
      const tatUs = this.tats.get(key);
      if (tatUs !== undefined) this.set(key, tatUs);
    }
  }

  private extend(capacityUs: number): void {
    this.longestUs = capacityUs;
    this.agesAtUs = this.nowUs + capacityUs;
  }
}
