import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { IgnoredIdentity } from './ignored-identity.js';

export interface CorrelationModuleOptions {
  /**
   * Deadline of requests that send none. Longer deadlines are capped at it, so no request runs for
   * longer. At least 1 ms. @defaultValue none: only deadlines that requests send apply
   */
  readonly defaultTimeout?: Duration;
  /**
   * Whether clients outside of your system reach this service. Only then does `minTimeout` apply: the
   * time left to a request that has passed other services may be short. @defaultValue false
   */
  readonly edge?: boolean;
  /**
   * The shortest deadline that a client may send to the edge. A shorter one counts as passed: with
   * `RequestDeadlineModule`, the request is answered 504 `DEADLINE_EXCEEDED` at once. Needs `edge`, and
   * must be less than `defaultTimeout`; 0 means no limit. @defaultValue '50ms' at the edge
   */
  readonly minTimeout?: Duration;
  /**
   * Whether to accept the request's correlation id, `traceparent` and deadline. A caller can only
   * mislabel or shorten its own request with them, so this is safe at the edge as well: breakers do
   * not count calls that a caller's deadline ends. If false, every request starts with a new context,
   * and its only deadline is `defaultTimeout`. @defaultValue true
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
  /** 0 if a deadline may have any length. */
  readonly minTimeoutMs: number;
  readonly trustInbound: boolean;
  readonly trustIdentity: boolean;
  readonly clock: Clock;
  readonly ignoredIdentity: IgnoredIdentity;
}

export function resolveCorrelationOptions(options: CorrelationModuleOptions): CorrelationPolicy {
  const { defaultTimeout, trustInbound = true, trustIdentity = false } = options;
  const clock = options.clock ?? new SystemClock();
  const defaultTimeoutMs =
    defaultTimeout === undefined
      ? undefined
      : durationMs('CorrelationModule.defaultTimeout', defaultTimeout, { minMs: 1 });
  return {
    defaultTimeoutMs,
    minTimeoutMs: minTimeoutMs(options, defaultTimeoutMs),
    trustInbound,
    trustIdentity,
    clock,
    ignoredIdentity: new IgnoredIdentity(clock),
  };
}

function minTimeoutMs(
  { edge = false, minTimeout }: CorrelationModuleOptions,
  defaultTimeoutMs = Infinity,
): number {
  const path = 'CorrelationModule.minTimeout';
  if (!edge) {
    if (minTimeout === undefined) return 0;
    throw new OptionError(
      path,
      minTimeout,
      'it applies at the edge alone; set edge to true, or remove it',
    );
  }
  const ms = durationMs(path, minTimeout ?? '50ms');
  if (ms < defaultTimeoutMs) return ms;
  throw new OptionError(
    path,
    minTimeout ?? '50ms',
    `no request would be served; use less than the defaultTimeout of ${defaultTimeoutMs} ms`,
  );
}
