import {
  CHECK_HEALTH,
  durationMs,
  SystemClock,
  type Clock,
  type Duration,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { ratio } from '@loyalnest/core/toolkit';
import type { OnApplicationShutdown } from '@nestjs/common';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';
import { EventLoopMeter } from './event-loop-meter.js';
import { UtilizationWindow } from './utilization-window.js';

export interface EventLoopCheckOptions extends IndicatorOptions {
  /** Share of busy time over 10 s from which the service is degraded. @defaultValue 0.95 */
  readonly degradedAt?: number;
  /** Share of busy time over 30 s from which the loop is down. @defaultValue 0.98 */
  readonly downAt?: number;
  /** Delay of timers, of which 1 % are later, from which the service is degraded. @defaultValue '250ms' */
  readonly delay?: Duration;
}

const DEGRADED_OVER_MS = 10_000;
const DOWN_OVER_MS = 30_000;

/** How busy the event loop is, and how late its timers run. */
export class EventLoopCheck implements HealthContributor, OnApplicationShutdown {
  readonly healthCheck;
  private readonly window = new UtilizationWindow(DOWN_OVER_MS);
  private readonly degradedAt: number;
  private readonly downAt: number;
  private readonly delayMs: number;

  /**
   * @param options named `event-loop` unless told otherwise; soft unless `critical`
   * @throws OptionError
   */
  constructor(
    options: EventLoopCheckOptions = {},
    private readonly clock: Clock = new SystemClock(),
    private readonly meter: Pick<
      EventLoopMeter,
      'reading' | 'takeDelayMs' | 'stop'
    > = new EventLoopMeter(),
  ) {
    const { degradedAt = 0.95, downAt = 0.98, delay = '250ms' } = options;
    this.healthCheck = declarationOf('event-loop', options);
    this.degradedAt = ratio('EventLoopCheck.degradedAt', degradedAt);
    this.downAt = ratio('EventLoopCheck.downAt', downAt, { min: degradedAt });
    this.delayMs = durationMs('EventLoopCheck.delay', delay, { minMs: 1 });
  }

  [CHECK_HEALTH](): HealthObservation {
    this.window.add(this.clock.monotonic(), this.meter.reading());
    const delayMs = this.meter.takeDelayMs();
    const short = this.window.over(DEGRADED_OVER_MS);
    const long = this.window.over(DOWN_OVER_MS);
    const isDown = long !== undefined && long >= this.downAt;
    const isBusy = isDown || (short !== undefined && short >= this.degradedAt);
    const isLate = delayMs >= this.delayMs;
    return {
      status: isDown ? 'down' : isBusy || isLate ? 'degraded' : 'up',
      ...(isBusy ? { code: 'loop-busy' } : isLate && { code: 'loop-late' }),
      observed: {
        ...(short !== undefined && { utilization: Math.round(short * 1_000) / 1_000 }),
        delayP99Ms: Math.round(delayMs),
      },
    };
  }

  onApplicationShutdown(): void {
    this.meter.stop();
  }
}
