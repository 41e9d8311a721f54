const LENGTH_MS = 500;
const MIN_SAMPLES = 10;
/** An older window mixes what was measured before and after a quiet time. */
const MAX_AGE_MS = 30_000;

/** Collects the latencies of at least 0.5 s and at least 10 calls. */
export class LatencyWindow {
  private sumMs = 0;
  private samples = 0;
  /** The most calls that ran at the same time. */
  maxInFlight = 0;

  constructor(private startedAt: number) {}

  add(latencyMs: number, inFlight: number): void {
    this.sumMs += latencyMs;
    this.samples++;
    if (inFlight > this.maxInFlight) this.maxInFlight = inFlight;
  }

  get averageMs(): number {
    return this.sumMs / this.samples;
  }

  isComplete(now: number): boolean {
    const ageMs = now - this.startedAt;
    if (ageMs < LENGTH_MS) return false;
    if (this.samples >= MIN_SAMPLES) return true;
    if (ageMs > MAX_AGE_MS) this.restart(now);
    return false;
  }

  restart(now: number): void {
    this.startedAt = now;
    this.sumMs = 0;
    this.samples = 0;
    this.maxInFlight = 0;
  }
}
