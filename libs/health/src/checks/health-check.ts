import type { Clock, HealthObservation } from '@loyalnest/core';
import { failureCode } from './failure-code.js';

/** What is sampled, whichever way the provider offers it. */
export interface HealthSource {
  readonly name: string;
  readonly critical: boolean;
  observe(signal: AbortSignal): HealthObservation | Promise<HealthObservation>;
}

/** An observation with when it was made. */
export interface HealthSample extends HealthObservation {
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly durationMs: number;
}

/**
 * Runs one source at a time and for no longer than its time limit. A source that ignores its signal
 * is not asked again before it has settled, so that a hanging check cannot pile up.
 */
export class HealthCheck {
  private running = false;

  constructor(
    readonly source: HealthSource,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  async sample(): Promise<HealthSample> {
    const startedAt = this.clock.monotonic();
    const observation = this.running ? TIMED_OUT : await this.withinLimit();
    return {
      ...observation,
      checkedAt: new Date(this.clock.now()).toISOString(),
      durationMs: Math.round(this.clock.monotonic() - startedAt),
    };
  }

  private withinLimit(): Promise<HealthObservation> {
    const limit = new AbortController();
    this.running = true;
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(
        () => {
          limit.abort();
          resolve(TIMED_OUT);
        },
        this.timeoutMs,
        false,
      );
      void this.observe(limit.signal).then((observation) => {
        this.running = false;
        cancel();
        resolve(observation);
      });
    });
  }

  private async observe(signal: AbortSignal): Promise<HealthObservation> {
    try {
      return await this.source.observe(signal);
    } catch (error) {
      return { status: 'down', code: failureCode(error) };
    }
  }
}

const TIMED_OUT: HealthObservation = { status: 'down', code: 'timeout' };
