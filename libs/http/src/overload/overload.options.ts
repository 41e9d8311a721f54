import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import {
  resolveAdaptiveLimit,
  type AdaptiveLimitOptions,
  type ResolvedAdaptiveLimit,
} from '@loyalnest/core/toolkit';

/** Options of `OverloadModule`. */
export interface OverloadModuleOptions {
  /** False refuses nothing. @defaultValue true */
  readonly enabled?: boolean;
  /**
   * How late the event loop may be. If it has been later than half of this for a whole second, requests
   * that find it later than this are refused. From 20 ms to 10 s. @defaultValue '200ms'
   */
  readonly loopDelay?: Duration;
  /**
   * How many requests may be served at the same time: an adaptive limit from `min` to `max` that starts
   * at `initial`. @defaultValue `{ initial: 256, min: 20, max: 1000 }`
   */
  readonly concurrency?: AdaptiveLimitOptions;
  /**
   * The mean of `Retry-After`; the value varies from half to one and a half of it, so that callers do not
   * return at the same time. From 1 s to 1 h. @defaultValue '2s'
   */
  readonly retryAfter?: Duration;
  /** Source of time, for tests. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** The validated options, with defaults filled in. */
export interface ResolvedOverload {
  readonly enabled: boolean;
  readonly loopDelayMs: number;
  readonly concurrency: ResolvedAdaptiveLimit;
  readonly retryAfterMs: number;
  readonly clock: Clock;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveOverload(options: OverloadModuleOptions): ResolvedOverload {
  const { enabled = true, loopDelay = '200ms', retryAfter = '2s' } = options;
  if (typeof enabled !== 'boolean') {
    throw new OptionError('OverloadModule.enabled', enabled, 'use true or false');
  }
  return {
    enabled,
    loopDelayMs: durationMs('OverloadModule.loopDelay', loopDelay, { minMs: 20, maxMs: 10_000 }),
    concurrency: resolveAdaptiveLimit('OverloadModule.concurrency', options.concurrency ?? {}),
    retryAfterMs: durationMs('OverloadModule.retryAfter', retryAfter, {
      minMs: 1_000,
      maxMs: 3_600_000,
    }),
    clock: options.clock ?? new SystemClock(),
  };
}
