import type { Clock } from '../clock/clock.js';

/**
 * Who set a deadline: `caller`, if a request brought one that is shorter than our own request timeout;
 * `own`, if this process did. A call that a caller's deadline ends says nothing about the dependency.
 */
export type DeadlineSource = 'caller' | 'own';

/**
 * The moment after which nobody waits for an answer any more. It uses the monotonic clock, and is sent
 * to other processes as remaining time, so their clocks need not agree.
 */
export class Deadline {
  private constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly at: number,
    readonly source: DeadlineSource,
  ) {}

  /**
   * Creates a deadline `ms` milliseconds from now.
   *
   * @param source who set it; `own` if this process limits its own work
   */
  static after(
    ms: number,
    clock: Pick<Clock, 'monotonic'>,
    source: DeadlineSource = 'caller',
  ): Deadline {
    return new Deadline(clock, clock.monotonic() + ms, source);
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
