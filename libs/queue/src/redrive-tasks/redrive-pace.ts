/** What may be made up for when the process was busy, in seconds of the rate. */
const CATCH_UP_SECONDS = 1;

/** How many jobs a rate allows by now. */
export class RedrivePace {
  private credit = 0;
  private lastMs: number;

  constructor(
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.lastMs = nowMs;
  }

  allowance(nowMs: number): number {
    const earned = ((nowMs - this.lastMs) * this.perSecond) / 1_000;
    this.credit = Math.min(this.credit + earned, Math.max(1, this.perSecond * CATCH_UP_SECONDS));
    this.lastMs = nowMs;
    return Math.floor(this.credit);
  }

  spend(jobs: number): void {
    this.credit -= jobs;
  }

  /** Nothing is saved up while the task waits for something else than the time. */
  forfeit(): void {
    this.credit = Math.min(this.credit, 1);
  }
}
