import type { CallWindow, WindowCounts } from './call-window.js';

const COUNTERS = 3;

/**
 * Counts the calls of the last `windowMs` milliseconds in a ring of buckets. Buckets rotate when
 * the window is used, so an idle window needs no timer and never shows outdated counts.
 */
export class TimeWindow implements CallWindow {
  /** Calls, failures and slow calls of each bucket, side by side. */
  private readonly ring: Uint32Array;
  private readonly bucketMs: number;
  private bucket: number;
  /** Index of the current bucket in the ring. */
  private place = 0;
  private bucketEndsAtMs = 0;
  private calls = 0;
  private failures = 0;
  private slowCalls = 0;

  constructor(
    windowMs: number,
    private readonly buckets: number,
    private readonly clock: { monotonic(): number },
  ) {
    this.ring = new Uint32Array(buckets * COUNTERS);
    this.bucketMs = windowMs / buckets;
    this.bucket = Math.floor(clock.monotonic() / this.bucketMs);
    this.enter(this.bucket);
  }

  record(failed: boolean, slow: boolean, nowMs = this.clock.monotonic()): void {
    if (nowMs >= this.bucketEndsAtMs) this.dropOldBuckets(nowMs);
    const { ring, place } = this;
    ring[place]!++;
    this.calls++;
    if (failed) {
      ring[place + 1]!++;
      this.failures++;
    }
    if (slow) {
      ring[place + 2]!++;
      this.slowCalls++;
    }
  }

  get counts(): WindowCounts {
    const nowMs = this.clock.monotonic();
    if (nowMs >= this.bucketEndsAtMs) this.dropOldBuckets(nowMs);
    return { calls: this.calls, failures: this.failures, slowCalls: this.slowCalls };
  }

  clear(): void {
    this.ring.fill(0);
    this.calls = 0;
    this.failures = 0;
    this.slowCalls = 0;
  }

  /** Drops the buckets that have left the window. */
  private dropOldBuckets(nowMs: number): void {
    const current = Math.floor(nowMs / this.bucketMs);
    const passed = Math.min(current - this.bucket, this.buckets);
    for (let step = 1; step <= passed; step++) {
      const place = ((this.bucket + step) % this.buckets) * COUNTERS;
      this.calls -= this.ring[place]!;
      this.failures -= this.ring[place + 1]!;
      this.slowCalls -= this.ring[place + 2]!;
      this.ring.fill(0, place, place + COUNTERS);
    }
    this.enter(current);
  }

  private enter(bucket: number): void {
    this.bucket = bucket;
    this.place = (bucket % this.buckets) * COUNTERS;
    this.bucketEndsAtMs = (bucket + 1) * this.bucketMs;
  }
}
