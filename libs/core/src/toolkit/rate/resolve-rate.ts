import { durationMs } from '../../duration/duration.js';
import { OptionError } from '../../options/option.error.js';
import type { Rate } from '../../rate/rate.js';
import { wholeNumber } from '../options/number-options.js';

/** A rate in the terms of GCRA. Times are whole microseconds, so their sums are exact. */
export interface ResolvedRate {
  readonly limit: number;
  readonly perMs: number;
  readonly burst: number;
  /** Time between two events at an even rate: `per / limit`, rounded to a microsecond. */
  readonly intervalUs: number;
  /** `burst` intervals: how far a key may be ahead of its rate. */
  readonly capacityUs: number;
}

/** One event per microsecond. The interval of a faster rate would be rounded to 0, which is no limit. */
const MAX_PER_MS = 1_000;

/**
 * Checks a rate and converts it to the terms of GCRA.
 *
 * @throws {@link OptionError} with a path below `path`
 */
export function resolveRate(path: string, rate: Rate): ResolvedRate {
  if (typeof rate !== 'object' || rate === null) {
    throw new OptionError(path, rate, "use a rate such as { limit: 5, per: '1s' }");
  }
  const { limit, per, burst = limit } = rate;
  const perMs = durationMs(`${path}.per`, per, { minMs: 1 });
  wholeNumber(`${path}.limit`, limit, { min: 1 });
  if (limit > perMs * MAX_PER_MS) {
    throw new OptionError(`${path}.limit`, limit, 'use at most 1000 per millisecond');
  }
  const intervalUs = Math.round((perMs * 1_000) / limit);
  const maxBurst = Math.floor(Number.MAX_SAFE_INTEGER / 4 / intervalUs);
  wholeNumber(`${path}.burst`, burst, { min: 1, max: maxBurst });
  return { limit, perMs, burst, intervalUs, capacityUs: burst * intervalUs };
}
