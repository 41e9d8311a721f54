import { reserveSlot, returnSlots } from '@loyalnest/core/toolkit';
import { BoundedTimes } from './bounded-times.js';
import type { ResolvedRateLimit } from './rate-limit.options.js';

/** A call's turn: when it comes, and how to give it back before it has come. */
export interface Turn {
  readonly delayMs: number;
  cancel(): void;
}

/** Gives calls their turns by GCRA, one schedule per key. It is exact and needs no timer. */
export class RateLimiter {
  private readonly times: BoundedTimes;

  constructor(
    readonly name: string,
    private readonly options: ResolvedRateLimit,
    private readonly clock: { monotonic(): number },
  ) {
    this.times = new BoundedTimes(options.maxKeys);
  }

  /** Keys that are remembered now. */
  get size(): number {
    return this.times.size;
  }

  /** A turn within `maxWaitMs`, or else how long until there would be one, in milliseconds. */
  take(key: string, maxWaitMs: number): Turn | number {
    const { rate } = this.options;
    const nowUs = Math.round(this.clock.monotonic() * 1_000);
    const maxDelayUs = Math.ceil(maxWaitMs * 1_000);
    const { reserved, delayUs, tatUs } = reserveSlot(this.times, key, rate, nowUs, maxDelayUs);
    const delayMs = delayUs / 1_000;
    if (!reserved) return delayMs;
    return {
      delayMs,
      // Only the latest turn can be given back: later callers have been told theirs already.
      cancel: () => {
        if (this.times.get(key) === tatUs) returnSlots(this.times, key, rate, 1);
      },
    };
  }
}
