import { durationMs, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { CallKeyOptions } from '../policy/call-key.js';

export interface CacheOptions extends CallKeyOptions {
  /** How long a value is served without a new call. */
  readonly ttl: Duration;
  /**
   * How long after `ttl` the expired value answers a call that fails; 0 means never.
   * @defaultValue 0
   */
  readonly staleIfError?: Duration;
  /** Maximum number of values; the least recently used one is dropped first. @defaultValue 1000 */
  readonly maxEntries?: number;
}

export interface ResolvedCache extends CallKeyOptions {
  readonly ttlMs: number;
  readonly staleIfErrorMs: number;
  readonly maxEntries: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveCache(path: string, options: CacheOptions): ResolvedCache {
  const { key, scope = 'merchant' } = options;
  return {
    ...(key && { key }),
    scope,
    ttlMs: durationMs(`${path}.ttl`, options.ttl, { minMs: 1 }),
    staleIfErrorMs: durationMs(`${path}.staleIfError`, options.staleIfError ?? 0),
    maxEntries: wholeNumber(`${path}.maxEntries`, options.maxEntries ?? 1_000, { min: 1 }),
  };
}
