import { durationMs, type Duration } from '@loyalnest/core';
import { ratio, wholeNumber } from '@loyalnest/core/toolkit';

export interface RetryBudgetOptions {
  /** Repeats allowed per call to the dependency, from 0 to 1. @defaultValue 0.2 */
  readonly ratio?: number;
  /** Repeats always allowed in the window, whatever the number of calls. @defaultValue 10 */
  readonly minimum?: number;
  /** Length of the sliding window. @defaultValue '10s' */
  readonly window?: Duration;
}

export interface ResolvedRetryBudget {
  readonly ratio: number;
  readonly minimum: number;
  readonly windowMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveRetryBudget(
  path: string,
  options: RetryBudgetOptions = {},
): ResolvedRetryBudget {
  return {
    ratio: ratio(`${path}.ratio`, options.ratio ?? 0.2),
    minimum: wholeNumber(`${path}.minimum`, options.minimum ?? 10),
    windowMs: durationMs(`${path}.window`, options.window ?? '10s', { minMs: 1 }),
  };
}
