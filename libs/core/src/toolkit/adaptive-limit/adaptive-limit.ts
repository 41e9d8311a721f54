import type { Clock } from '../../clock/clock.js';
import type { ResolvedAdaptiveLimit } from './adaptive-limit.options.js';
import { LatencyBaseline } from './latency-baseline.js';
import { LatencyWindow } from './latency-window.js';
import { ProbeSchedule } from './probe-schedule.js';

/** Latency may exceed its baseline by this factor before the limit shrinks. */
const TOLERANCE = 1.5;
/** The share of the newly computed limit in the next one. */
const SMOOTHING = 0.2;
/** Latency that doubled or grew tenfold shrinks the limit equally fast, so an outlier costs little. */
const MIN_GRADIENT = 0.5;
/** Below it, latency differs for other reasons than load. */
const MIN_LATENCY_MS = 5;

/**
 * Finds how many calls may run at the same time, from their latency alone. While latency stays at its
 * baseline, the limit grows; when calls begin to queue, latency rises and the limit shrinks. A limit that
 * is not used does not grow.
 *
 * The algorithm is Gradient2 of Netflix's concurrency-limits (`Gradient2Limit.java`):
 * `limit * clamp(1.5 * baseline / latency, 0.5, 1) + sqrt(limit)`, smoothed by 0.2, once per window.
 * Gradient2 alone takes the latency of a lasting overload for normal after some minutes. As Envoy's
 * adaptive concurrency filter does, this class therefore halves the limit for a moment while calls have
 * been refused for 10 s, and measures the baseline again.
 */
export class AdaptiveLimit {
  private estimate: number;
  private readonly window: LatencyWindow;
  private readonly baseline = new LatencyBaseline();
  private readonly probes: ProbeSchedule;
  private wasRefused = false;

  constructor(
    private options: ResolvedAdaptiveLimit,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.estimate = options.initial;
    this.window = new LatencyWindow(clock.monotonic());
    this.probes = new ProbeSchedule();
  }

  /** How many calls may run at the same time, a whole number. */
  get limit(): number {
    const { estimate, options } = this;
    return Math.max(options.min, Math.floor(this.probes.isProbing ? estimate / 2 : estimate));
  }

  /** The latency without queueing, in milliseconds; undefined before the first window has ended. */
  get baselineMs(): number | undefined {
    return this.baseline.latencyMs;
  }

  /** Changes the range in place. What was measured stays. */
  update(options: ResolvedAdaptiveLimit): void {
    this.options = options;
    this.estimate = this.clamped(this.estimate);
  }

  /** Notes that a call was refused because of the limit, or had to wait for a slot. */
  noteRefusal(): void {
    this.wasRefused = true;
  }

  /**
   * Takes the latency of a call that has ended. Leave out calls that wait on purpose, such as streams and
   * long polls.
   *
   * @param inFlight calls that ran when this one ended, including it
   */
  observe(latencyMs: number, inFlight: number): void {
    const now = this.clock.monotonic();
    // A call that began before the probe ran among more calls than the probe allows.
    if (this.probes.isProbing && now - latencyMs < this.probes.startedAt) {
      if (this.probes.isOverdue(now)) this.probes.end(false);
      return;
    }
    this.window.add(Math.max(latencyMs, MIN_LATENCY_MS), inFlight);
    if (this.window.isComplete(now)) this.closeWindow(now);
  }

  /**
   * Takes the time of a call that ended before its answer, such as a call whose caller went away. It says
   * only that the answer would have taken longer, so it counts if it is above the baseline.
   */
  observeCutOff(latencyMs: number, inFlight: number): void {
    const { baselineMs } = this;
    if (baselineMs !== undefined && latencyMs > baselineMs) this.observe(latencyMs, inFlight);
  }

  private closeWindow(now: number): void {
    const { averageMs, maxInFlight } = this.window;
    this.window.restart(now);
    if (this.probes.isProbing) {
      this.probes.end(this.baseline.lowerTo(averageMs));
      return;
    }
    const baselineMs = this.baseline.add(averageMs);
    const isBinding = this.wasRefused;
    this.wasRefused = false;
    if (isBinding || maxInFlight >= this.estimate / 2) this.adjust(averageMs, baselineMs);
    this.probes.noteWindow(isBinding, now);
  }

  private adjust(averageMs: number, baselineMs: number): void {
    const gradient = Math.max(MIN_GRADIENT, Math.min(1, (TOLERANCE * baselineMs) / averageMs));
    const target = this.estimate * gradient + Math.sqrt(this.estimate);
    this.estimate = this.clamped(this.estimate * (1 - SMOOTHING) + target * SMOOTHING);
  }

  private clamped(limit: number): number {
    return Math.max(this.options.min, Math.min(this.options.max, limit));
  }
}
