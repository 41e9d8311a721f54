import type { ResolvedRateLimit } from './rate-limit.options.js';

/** A call's turn: when it comes, and how to give it back while it has not come. */
export interface Turn {
  readonly delayMs: number;
  cancel(): void;
}

/**
 * Generic cell rate algorithm (ITU-T I.371): one number per key, the time at which the next call
 * would come if all came evenly. As exact as a token bucket and without a timer.
 */
export class RateLimiter {
  private readonly nextAtMs = new Map<string, number>();

  constructor(
    readonly name: string,
    private options: ResolvedRateLimit,
    private readonly clock: { monotonic(): number },
  ) {}

  /** A turn within `maxWaitMs`, or else how long until there would be one, in milliseconds. */
  take(key: string, maxWaitMs: number): Turn | number {
    const { limit, intervalMs, burst } = this.options;
    const nowMs = this.clock.monotonic();
    const spacingMs = intervalMs / limit;
    const evenAtMs = Math.max(this.nextAtMs.get(key) ?? 0, nowMs);
    const delayMs = Math.max(0, evenAtMs - nowMs - (burst - 1) * spacingMs);
    // Spacings are added up as floats; a part of a microsecond is no reason to refuse a call.
    if (delayMs > maxWaitMs + 1e-6) return delayMs;
    const takenMs = evenAtMs + spacingMs;
    this.remember(key, takenMs, nowMs);
    return {
      delayMs,
      // Only the latest turn can be given back: those after it have been told theirs.
      cancel: () => {
        if (this.nextAtMs.get(key) === takenMs) this.nextAtMs.set(key, evenAtMs);
      },
    };
  }

  update(options: ResolvedRateLimit): void {
    this.options = options;
  }

  private remember(key: string, atMs: number, nowMs: number): void {
    this.nextAtMs.delete(key);
    if (this.nextAtMs.size >= this.options.maxKeys) this.forgetUntouched(nowMs);
    this.nextAtMs.set(key, atMs);
  }

  /** The longest unused are looked at first; a key that has still calls to pay for stays. */
  private forgetUntouched(nowMs: number): void {
    let looked = 0;
    for (const [key, atMs] of this.nextAtMs) {
      if (looked++ === 32) return;
      if (atMs <= nowMs) this.nextAtMs.delete(key);
    }
  }
}
