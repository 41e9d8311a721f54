/** Windows of half a second, so ten minutes. */
const LONG_TERM = 1_200;
const WARM_UP = 10;
const RECOVERED = 2;
const RECOVERY_FACTOR = 0.95;
const SAME = 0.9;

/** The long-term average of latency, the `longRtt` of Gradient2. */
export class LatencyBaseline {
  private windows = 0;
  private averageMs: number | undefined;

  get latencyMs(): number | undefined {
    return this.averageMs;
  }

  /** Adds the average of a window and returns the new baseline. */
  add(windowMs: number): number {
    this.windows++;
    const before = this.averageMs ?? windowMs;
    const weight = this.windows <= WARM_UP ? 1 / this.windows : 2 / (LONG_TERM + 1);
    let after = before + (windowMs - before) * weight;
    // After a long slow phase, the slow average would take minutes to notice that it is over.
    if (after / windowMs > RECOVERED) after *= RECOVERY_FACTOR;
    return (this.averageMs = after);
  }

  /** Lowers the baseline to what was measured with few calls. Returns whether that was clearly lower. */
  lowerTo(windowMs: number): boolean {
    const before = this.averageMs ?? windowMs;
    this.averageMs = Math.min(before, windowMs);
    return windowMs < before * SAME;
  }
}
