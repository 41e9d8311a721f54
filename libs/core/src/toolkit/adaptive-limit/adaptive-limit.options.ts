import { OptionError } from '../../options/option.error.js';
import { wholeNumber } from '../options/number-options.js';

/** Range of an {@link AdaptiveLimit}, in calls that run at the same time. */
export interface AdaptiveLimitOptions {
  /** The limit before anything was measured; from `min` to `max`. @defaultValue 256 */
  readonly initial?: number;
  /** The limit never falls below it; at least 1. @defaultValue 20 */
  readonly min?: number;
  /** The limit never rises above it; at least `min`. @defaultValue 1000 */
  readonly max?: number;
}

/** The validated options, with defaults filled in. */
export interface ResolvedAdaptiveLimit {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Validates the options and fills in the defaults. A default that does not fit the given range follows it:
 * with `max: 100`, `initial` is 100.
 *
 * @throws {@link OptionError} with the path of the option
 */
export function resolveAdaptiveLimit(
  path: string,
  options: AdaptiveLimitOptions,
): ResolvedAdaptiveLimit {
  const given =
    options.max === undefined ? 1_000 : wholeNumber(`${path}.max`, options.max, { min: 1 });
  const min = wholeNumber(`${path}.min`, options.min ?? Math.min(20, given), { min: 1 });
  const max = options.max ?? Math.max(given, min);
  if (min > max) {
    throw new OptionError(`${path}.min`, min, `use at most ${path}.max, which is ${max}`);
  }
  const initial = options.initial ?? Math.min(Math.max(256, min), max);
  return { initial: wholeNumber(`${path}.initial`, initial, { min, max }), min, max };
}
