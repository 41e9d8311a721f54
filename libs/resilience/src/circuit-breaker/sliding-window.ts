/**
 * Counts of the last `windowMs` milliseconds in a ring of buckets. Recording and reading cost the
 * same however many calls are counted; buckets are rotated when touched, so that an idle window
 * needs no timer and never shows counts that are too old.
 */
export class SlidingWindow {
  private readonly successes: Uint32Array;
  private readonly failures: Uint32Array;
  private readonly bucketMs: number;
  private bucket: number;
  private totalSuccesses = 0;
  private totalFailures = 0;

  constructor(
    windowMs: number,
    private readonly buckets: number,
    private readonly nowMs: () => number,
  ) {
    this.successes = new Uint32Array(buckets);
    this.failures = new Uint32Array(buckets);
    this.bucketMs = windowMs / buckets;
    this.bucket = this.currentBucket();
  }

  recordSuccess(): void {
    const index = this.rotate();
    this.successes[index]!++;
    this.totalSuccesses++;
  }

  recordFailure(): void {
    const index = this.rotate();
    this.failures[index]!++;
    this.totalFailures++;
  }

  get counts(): { readonly successes: number; readonly failures: number } {
    this.rotate();
    return { successes: this.totalSuccesses, failures: this.totalFailures };
  }

  clear(): void {
    this.successes.fill(0);
    this.failures.fill(0);
    this.totalSuccesses = 0;
    this.totalFailures = 0;
  }

  private currentBucket(): number {
    return Math.floor(this.nowMs() / this.bucketMs);
  }

  /** Forgets the buckets that have left the window; returns the index of the current one. */
  private rotate(): number {
    const current = this.currentBucket();
    const passed = Math.min(current - this.bucket, this.buckets);
    for (let step = 1; step <= passed; step++) {
      const index = (this.bucket + step) % this.buckets;
      this.totalSuccesses -= this.successes[index]!;
      this.totalFailures -= this.failures[index]!;
      this.successes[index] = 0;
      this.failures[index] = 0;
    }
    this.bucket = current;
    return current % this.buckets;
  }
}
