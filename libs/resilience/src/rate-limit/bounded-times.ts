import type { ArrivalTimes } from '@loyalnest/core/toolkit';

/** How many keys are looked at to evict one of them, so that a new key costs the same at any size. */
const CANDIDATES = 32;

/**
 * Arrival times of at most `maxKeys` keys. A new key evicts one of those that were not set for
 * longest: the one with the earliest time. Evicting it costs the dependency least, nothing if that
 * time has passed.
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
    // Moves the key to the end, behind those that were not set for longer.
    this.times.delete(key);
    if (this.times.size >= this.maxKeys) this.evict();
    this.times.set(key, tatUs);
  }

  private evict(): void {
    let earliest: string | undefined;
    let earliestUs = Infinity;
    let looked = 0;
    for (const [key, tatUs] of this.times) {
      if (looked++ === CANDIDATES) break;
      if (tatUs >= earliestUs) continue;
      earliest = key;
      earliestUs = tatUs;
    }
    if (earliest !== undefined) this.times.delete(earliest);
  }
}
