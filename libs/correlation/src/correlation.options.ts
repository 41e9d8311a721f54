import { durationMs, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { IgnoredIdentity } from './ignored-identity.js';

export interface CorrelationModuleOptions {
  /**
   * Deadline of requests that send none. Longer deadlines are capped at it, so no request runs for
   * longer. At least 1 ms. @defaultValue none: only deadlines that requests send apply
   */
  readonly defaultTimeout?: Duration;
  /**
   * Whether to accept the request's correlation id, `traceparent` and deadline. A caller can only
   * mislabel or shorten its own request with them, so this is safe at the edge as well. If false,
   * every request starts with a new context. @defaultValue true
   */
  readonly trustInbound?: boolean;
  /**
   * Whether to accept `x-merchant-id` and `x-user-id`. Any client can send them: turn this on only
   * in services that nothing but your own gateway can reach. @defaultValue false
   */
  readonly trustIdentity?: boolean;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** The validated options, with defaults filled in. */
export interface CorrelationPolicy {
  readonly defaultTimeoutMs: number | undefined;
  readonly trustInbound: boolean;
  readonly trustIdentity: boolean;
  readonly clock: Clock;
  readonly ignoredIdentity: IgnoredIdentity;
}

export function resolveCorrelationOptions(options: CorrelationModuleOptions): CorrelationPolicy {
  const { defaultTimeout, trustInbound = true, trustIdentity = false } = options;
  const clock = options.clock ?? new SystemClock();
  return {
    defaultTimeoutMs:
      defaultTimeout === undefined
        ? undefined
        : durationMs('CorrelationModule.defaultTimeout', defaultTimeout, { minMs: 1 }),
    trustInbound,
    trustIdentity,
    clock,
    ignoredIdentity: new IgnoredIdentity(clock),
  };
}
