import { reserveSlot, returnSlots } from '@loyalnest/core/toolkit';
import { BoundedTimes } from './bounded-times.js';
import type { ResolvedRateLimit } from './rate-limit.options.js';

/** The turn of a call: when it comes, and how to return it before that. */
export interface Turn {
  readonly delayMs: number;
  cancel(): void;
}

/** Gives calls their turns with GCRA, one schedule per key. It is exact and needs no timer. */
export class RateLimiter {
  private readonly times: BoundedTimes;

  constructor(
    readonly name: string,
    private readonly options: ResolvedRateLimit,
    private readonly clock: { monotonic(): number },
  ) {
    this.times = new BoundedTimes(options.maxKeys);
  }

  /** Number of keys in memory. */
  get size(): number {
    return this.times.size;
  }

  /** Returns a turn within `maxWaitMs`, or else the time until the next turn in milliseconds. */
  take(key: string, maxWaitMs: number): Turn | number {
    const { rate } = this.options;
    const nowUs = Math.round(this.clock.monotonic() * 1_000);
    const maxDelayUs = Math.ceil(maxWaitMs * 1_000);
    const { reserved, delayUs, tatUs } = reserveSlot(this.times, key, rate, nowUs, maxDelayUs);
    const delayMs = delayUs / 1_000;
    if (!reserved) return delayMs;
    return {
      delayMs,
      // Only the latest turn can be returned: later callers already have their turns.
      cancel: () => {
        if (this.times.get(key) === tatUs) returnSlots(this.times, key, rate, 1);
      },
    };
  }
}
