import type { Clock } from '../clock/clock.js';

/**
 * A moment after which an answer is of no use any more. It is kept on the monotonic clock and
 * travels between processes as remaining time, so that clocks that differ do no harm.
 */
export class Deadline {
  private constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly at: number,
  ) {}

  /** A deadline `ms` milliseconds from now. */
  static after(ms: number, clock: Pick<Clock, 'monotonic'>): Deadline {
    return new Deadline(clock, clock.monotonic() + ms);
  }

  /** Milliseconds left; 0 once it has passed, never negative. */
  get remainingMs(): number {
    return Math.max(0, this.at - this.clock.monotonic());
  }

  get expired(): boolean {
    return this.remainingMs === 0;
  }
}
