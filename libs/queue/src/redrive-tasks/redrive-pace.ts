/** How much a busy process may catch up, in seconds of the rate. */
const CATCH_UP_SECONDS = 1;

/** Limits redrives to a rate. */
export class RedrivePace {
  private credit = 0;
  private lastMs: number;

  constructor(
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.lastMs = nowMs;
  }

  /** Number of jobs that the rate allows now. */
  allowance(nowMs: number): number {
    const earned = ((nowMs - this.lastMs) * this.perSecond) / 1_000;
    this.credit = Math.min(this.credit + earned, Math.max(1, this.perSecond * CATCH_UP_SECONDS));
    this.lastMs = nowMs;
    return Math.floor(this.credit);
  }

  spend(jobs: number): void {
    this.credit -= jobs;
  }

  /** Drops saved credit, so that waiting for outcomes is not followed by a burst. */
  forfeit(): void {
    this.credit = Math.min(this.credit, 1);
  }
}
