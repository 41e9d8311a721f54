import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** How many requests one client may make. */
export interface Rate {
  /** Requests in each `per`. A whole number of at least 1. */
  readonly limit: number;
  /** Time in which `limit` requests may be made; 1 ms to 24 days. */
  readonly per: Duration;
  /**
   * Requests that may come at once after a quiet time. A whole number of at least 1; with 1 they must
   * keep a distance of `per / limit`.
   *
   * @defaultValue `limit`
   */
  readonly burst?: number;
}

/** A rate in the terms of GCRA, in whole microseconds, so that sums of them are exact. */
export interface ResolvedRate {
  readonly limit: number;
  readonly perMs: number;
  readonly burst: number;
  /** Time that one request takes of the capacity. */
  readonly intervalUs: number;
  /** What may be taken in advance: `burst` intervals. */
  readonly capacityUs: number;
}

/** One request in each microsecond: beyond it nothing would be limited. */
const MAX_PER_MS = 1_000;

/** @throws OptionError that begins with `path` */
export function resolveRate(path: string, { limit, per, burst = limit }: Rate): ResolvedRate {
  const perMs = durationMs(`${path}.per`, per, { minMs: 1 });
  wholeNumber(`${path}.limit`, limit, { min: 1 });
  if (limit > perMs * MAX_PER_MS) {
    throw new OptionError(`${path}.limit`, limit, 'use at most 1000 requests per millisecond');
  }
  const intervalUs = Math.round((perMs * 1_000) / limit);
  const most = Math.floor(Number.MAX_SAFE_INTEGER / 4 / intervalUs);
  wholeNumber(`${path}.burst`, burst, { min: 1, max: most });
  return { limit, perMs, burst, intervalUs, capacityUs: burst * intervalUs };
}
