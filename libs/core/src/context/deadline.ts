import type { Clock } from '../clock/clock.js';

/**
 * The moment after which nobody waits for an answer any more. It uses the monotonic clock, and is sent
 * to other processes as remaining time, so their clocks need not agree.
 */
export class Deadline {
  private constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly at: number,
  ) {}

  /** Creates a deadline `ms` milliseconds from now. */
  static after(ms: number, clock: Pick<Clock, 'monotonic'>): Deadline {
    return new Deadline(clock, clock.monotonic() + ms);
  }

  /** Milliseconds left; 0 after the deadline has passed, never negative. */
  get remainingMs(): number {
    return Math.max(0, this.at - this.clock.monotonic());
  }

  /** Whether the deadline has passed. */
  get expired(): boolean {
    return this.remainingMs === 0;
  }
}
