import type { ArrivalTimes } from '@loyalnest/core/toolkit';

/** Number of keys to choose the evicted one from, so that a new key costs the same at any size. */
const CANDIDATES = 32;

/**
 * Arrival times of at most `maxKeys` keys. A new key evicts the key with the earliest time among those
 * that were not set for the longest time. This lets the fewest extra calls through, and none if that time
 * has passed.
 */
export class BoundedTimes implements ArrivalTimes {
  private readonly times = new Map<string, number>();

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.times.size;
  }

  get(key: string): number | undefined {
    return this.times.get(key);
  }

  set(key: string, tatUs: number): void {
    // Moves the key to the end of the map, which keeps the longest unset keys at its start.
    this.times.delete(key);
    if (this.times.size >= this.maxKeys) this.evict();
    this.times.set(key, tatUs);
  }

  private evict(): void {
    let earliest: string | undefined;
    let earliestUs = Infinity;
    let seen = 0;
    for (const [key, tatUs] of this.times) {
      if (seen++ === CANDIDATES) break;
      if (tatUs >= earliestUs) continue;
      earliest = key;
      earliestUs = tatUs;
    }
    if (earliest !== undefined) this.times.delete(earliest);
  }
}
