import type { Clock, HealthObservation, HealthStatus } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import type { CheckPolicy } from './check-options.js';
import { failureCode, stableCode } from './failure-code.js';
import type { HealthSource } from './health-source.js';
import { Hysteresis } from './hysteresis.js';
import { publicFigures } from './public-figures.js';

/** The status of a check and its latest observation. */
export interface HealthSample {
  readonly status: HealthStatus;
  /** The latest observation. Differs from `status` until enough observations in a row agree. */
  readonly observedStatus: HealthStatus;
  readonly code?: string;
  readonly observed?: NonNullable<HealthObservation['observed']>;
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly durationMs: number;
}

/**
 * Runs a source one at a time and within its timeout. A source that ignores its signal is not run
 * again until it settles, so hanging checks cannot pile up.
 */
export class HealthCheck {
  private readonly hysteresis: Hysteresis;
  private running = false;
  private sampled: HealthSample | undefined;

  constructor(
    readonly source: HealthSource,
    readonly policy: CheckPolicy,
    private readonly clock: Clock,
  ) {
    this.hysteresis = new Hysteresis(policy);
  }

  get name(): string {
    return this.source.declaration.name;
  }

  get last(): HealthSample | undefined {
    return this.sampled;
  }

  /** Whether the latest observations agree with the status. */
  get isDecided(): boolean {
    return this.hysteresis.isDecided;
  }

  /** Never rejects. */
  async sample(): Promise<HealthSample> {
    const startedAt = this.clock.monotonic();
    const observation = this.running ? TIMED_OUT : await this.withinLimit();
    const { status: observedStatus, observed } = observation;
    const code = stableCode(observation.code);
    this.sampled = {
      status: this.hysteresis.next(observedStatus),
      observedStatus,
      ...(code !== undefined && { code }),
      ...(observed && { observed: publicFigures(observed) }),
      checkedAt: new Date(this.clock.now()).toISOString(),
      durationMs: Math.round(this.clock.monotonic() - startedAt),
    };
    return this.sampled;
  }

  private withinLimit(): Promise<HealthObservation> {
    const limit = new BoundAbortController();
    this.running = true;
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(
        () => {
          limit.abort();
          resolve(TIMED_OUT);
        },
        this.policy.timeoutMs,
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
      const observation = await this.source.observe(signal);
      return STATUSES.has(observation.status) ? observation : UNKNOWN;
    } catch (error) {
      return { status: 'down', code: failureCode(error) };
    }
  }
}

const STATUSES: ReadonlySet<unknown> = new Set<HealthStatus>(['up', 'degraded', 'down']);
const TIMED_OUT: HealthObservation = { status: 'down', code: 'timeout' };
const UNKNOWN: HealthObservation = { status: 'down', code: 'unknown-status' };
