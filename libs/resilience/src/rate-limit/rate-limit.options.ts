import { durationMs, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface RateLimitOptions {
  /**
   * Methods with the same name share one limit.
   * @defaultValue the set's name of `@Resilient`, else `Class.method`
   */
  readonly name?: string;
  /** Calls per `interval`; at least 1. */
  readonly limit: number;
  /** @defaultValue '1s' */
  readonly interval?: Duration;
  /** Calls that may come at once after a pause; at least 1. @defaultValue `limit` */
  readonly burst?: number;
  /** How long a call waits for its turn; 0 rejects it at once. @defaultValue 0 */
  readonly maxWait?: Duration;
  /** One limit per key, such as the merchant. Gets the arguments. @defaultValue one for all calls */
  readonly key?: (...args: never[]) => string;
  /** Keys remembered; those whose limit is untouched go first. @defaultValue 10000 */
  readonly maxKeys?: number;
}

export interface ResolvedRateLimit {
  readonly limit: number;
  readonly intervalMs: number;
  readonly burst: number;
  readonly maxWaitMs: number;
  readonly key: ((...args: never[]) => string) | undefined;
  readonly maxKeys: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveRateLimit(path: string, options: RateLimitOptions): ResolvedRateLimit {
  const limit = wholeNumber(`${path}.limit`, options.limit, { min: 1 });
  return {
    limit,
    intervalMs: durationMs(`${path}.interval`, options.interval ?? '1s', { minMs: 1 }),
    burst: wholeNumber(`${path}.burst`, options.burst ?? limit, { min: 1 }),
    maxWaitMs: durationMs(`${path}.maxWait`, options.maxWait ?? 0),
    key: options.key,
    maxKeys: wholeNumber(`${path}.maxKeys`, options.maxKeys ?? 10_000, { min: 1 }),
  };
}
