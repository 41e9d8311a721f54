import { durationMs, SystemClock, type Clock, type Duration } from '@loyalnest/core';

export interface CorrelationModuleOptions {
  /**
   * Deadline of requests that bring none. A longer one that a request brings is cut to it, so no
   * request is worked on for longer. At least 1 ms. @defaultValue none: only deadlines that
   * requests bring count
   */
  readonly defaultTimeout?: Duration;
  /**
   * Whether correlation id, `traceparent` and deadline of the request are taken over. Each of them
   * can only mislabel or shorten the caller's own request, so this is safe at the edge as well.
   * False: every request starts a new context. @defaultValue true
   */
  readonly trustInbound?: boolean;
  /**
   * Whether `x-merchant-id` and `x-user-id` are taken over. Any client can send them: turn it on
   * only in services that nobody but your own gateway can reach. @defaultValue false
   */
  readonly trustIdentity?: boolean;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
}

/** The options as they are used: checked, defaults filled in. */
export interface CorrelationPolicy {
  readonly defaultTimeoutMs: number | undefined;
  readonly trustInbound: boolean;
  readonly trustIdentity: boolean;
  readonly clock: Clock;
}

export function resolveCorrelationOptions(options: CorrelationModuleOptions): CorrelationPolicy {
  const { defaultTimeout, trustInbound = true, trustIdentity = false } = options;
  return {
    defaultTimeoutMs:
      defaultTimeout === undefined
        ? undefined
        : durationMs('CorrelationModule.defaultTimeout', defaultTimeout, { minMs: 1 }),
    trustInbound,
    trustIdentity,
    clock: options.clock ?? new SystemClock(),
  };
}
