import {
  CHECK_HEALTH,
  durationMs,
  SystemClock,
  type Clock,
  type Duration,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { EventLoopMonitor, ratio } from '@loyalnest/core/toolkit';
import type { OnApplicationShutdown } from '@nestjs/common';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';
import { UtilizationWindow } from './utilization-window.js';

/** Options of {@link EventLoopCheck}. */
export interface EventLoopCheckOptions extends IndicatorOptions {
  /** The service is degraded once the loop was busy for this share of 10 s. @defaultValue 0.95 */
  readonly degradedAt?: number;
  /** The check is down once the loop was busy for this share of 30 s. @defaultValue 0.98 */
  readonly downAt?: number;
  /** The service is degraded once 1 % of the timers are this late. @defaultValue '250ms' */
  readonly delay?: Duration;
}

const DEGRADED_OVER_MS = 10_000;
const DOWN_OVER_MS = 30_000;

/** Checks how busy the event loop is, and how late its timers run. */
export class EventLoopCheck implements HealthContributor, OnApplicationShutdown {
  readonly healthCheck;
  private readonly window = new UtilizationWindow(DOWN_OVER_MS);
  private readonly degradedAt: number;
  private readonly downAt: number;
  private readonly delayMs: number;

  /**
   * @param options named `event-loop` by default; soft unless `critical`
   * @throws OptionError
   */
  constructor(
    options: EventLoopCheckOptions = {},
    private readonly clock: Clock = new SystemClock(),
    private readonly loop: Pick<
      EventLoopMonitor,
      'times' | 'takeDelays' | 'stop'
    > = new EventLoopMonitor(),
  ) {
    const { degradedAt = 0.95, downAt = 0.98, delay = '250ms' } = options;
    this.healthCheck = declarationOf('event-loop', options);
    this.degradedAt = ratio('EventLoopCheck.degradedAt', degradedAt);
    this.downAt = ratio('EventLoopCheck.downAt', downAt, { min: degradedAt });
    this.delayMs = durationMs('EventLoopCheck.delay', delay, { minMs: 1 });
  }

  [CHECK_HEALTH](): HealthObservation {
    this.window.add(this.clock.monotonic(), this.loop.times());
    const delayMs = this.loop.takeDelays().p99Ms;
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
    this.loop.stop();
  }
}
