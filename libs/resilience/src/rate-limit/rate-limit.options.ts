import { durationMs, OptionError, type Duration, type Rate } from '@loyalnest/core';
import {
  resolveRate,
  warnDeprecatedOption,
  wholeNumber,
  type ResolvedRate,
} from '@loyalnest/core/toolkit';

/** At most `limit` calls in each `per`, and `burst` at once (by default `limit`). */
export interface RateLimitOptions extends Omit<Rate, 'per'> {
  /**
   * Methods with the same name share one limit.
   * @defaultValue the set's name of `@Resilient`, else `Class.method`
   */
  readonly name?: string;
  /** The time in which `limit` calls may be made; 1 ms to 24 days. @defaultValue '1s' */
  readonly per?: Duration;
  /** @deprecated Use `per`. */
  readonly interval?: Duration;
  /** Max time that a call waits for its turn; 0 rejects it at once. @defaultValue 0 */
  readonly maxWait?: Duration;
  /**
   * One limit per key, such as the merchant. It gets the arguments. A call whose key is undefined or
   * empty is refused. @defaultValue one for all calls
   */
  readonly key?: (...args: never[]) => string;
  /**
   * Max number of keys in memory; at least 1. Beyond it, a new key evicts the one closest to a full burst
   * among those that were not used for long. An evicted key starts again with a full burst.
   * @defaultValue 10000
   */
  readonly maxKeys?: number;
}

export interface ResolvedRateLimit {
  readonly rate: ResolvedRate;
  readonly maxWaitMs: number;
  readonly key: ((...args: never[]) => string) | undefined;
  readonly maxKeys: number;
}

/**
 * Changes some options of a rate limit and keeps the others. `per` replaces an `interval` and the
 * other way round, as both are one option.
 */
export function mergeRateLimit(
  { per, interval, ...known }: RateLimitOptions,
  changes: RateLimitOptions,
): RateLimitOptions {
  const isSet = changes.per !== undefined || changes.interval !== undefined;
  const kept = { ...(per !== undefined && { per }), ...(interval !== undefined && { interval }) };
  return { ...known, ...(isSet ? {} : kept), ...changes };
}

/** The options under their new names, to compare them. */
export function renamed({ interval, ...options }: RateLimitOptions): RateLimitOptions {
  return interval === undefined ? options : { ...options, per: interval };
}

/** @throws {@link OptionError} with the path of the option */
export function resolveRateLimit(path: string, options: RateLimitOptions): ResolvedRateLimit {
  const { limit, burst = limit } = options;
  return {
    rate: resolveRate(path, { limit, per: perOf(path, options), burst }),
    maxWaitMs: durationMs(`${path}.maxWait`, options.maxWait ?? 0),
    key: options.key,
    maxKeys: wholeNumber(`${path}.maxKeys`, options.maxKeys ?? 10_000, { min: 1 }),
  };
}

function perOf(path: string, { per, interval }: RateLimitOptions): Duration {
  if (interval === undefined) return per ?? '1s';
  const old = `${path}.interval`;
  if (per !== undefined) {
    throw new OptionError(old, interval, 'remove it: it is the old name of per, which is set');
  }
  warnDeprecatedOption(old, 'per');
  return durationMs(old, interval, { minMs: 1 });
}
