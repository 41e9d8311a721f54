import type { Clock } from '@loyalnest/core';

/** How long the loop must be late all the time before the strict limit applies. */
const INTERVAL_MS = 1_000;

/** How late the event loop is. `LoopLag` of core/toolkit measures it. */
export interface MeasuredLoop {
  /** In the current turn so far, in milliseconds. */
  readonly currentMs: number;
}

/**
 * Decides whether a request has to wait too long for the event loop. A short block delays a few requests and
 * harms nobody. If the loop has not been on time for a whole second, requests arrive faster than they are
 * served: then each turn of the loop serves them for as long as the limit says, and the rest is refused.
 *
 * The rule follows CoDel (RFC 8289) in the form for servers of "Fail at Scale" (Ben Maurer, ACM Queue
 * 13(8), 2015): a generous limit while the queue is empty now and then, and a strict one while it is not.
 */
export class LoopRule {
  private onTimeAt: number;
  private lastLateMs = 0;

  constructor(
    private readonly limitMs: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.onTimeAt = clock.monotonic();
  }

  /** Call it whenever the loop was measured, many times a second. */
  note(lateMs: number): void {
    this.lastLateMs = lateMs;
    if (lateMs <= this.limitMs / 2) this.onTimeAt = this.clock.monotonic();
  }

  /** @param patience factor of the limit: important requests wait longer before they are refused */
  isTooLate(lateMs: number, patience: number): boolean {
    if (lateMs + this.lastLateMs <= this.limitMs) return false;
    const hasQueue = this.clock.monotonic() - this.onTimeAt >= INTERVAL_MS;
    if (!hasQueue) return lateMs > Math.max(INTERVAL_MS, this.limitMs) * patience;
    return Math.max(lateMs, this.lastLateMs) > this.limitMs * patience;
  }
}
