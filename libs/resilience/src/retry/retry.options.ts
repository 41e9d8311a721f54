import {
  createBackoff,
  durationMs,
  isLoyalNestError,
  type Backoff,
  type BackoffOptions,
  type Duration,
} from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { isCallersFault } from '../error-classification/callers-fault.js';
import type { RetryBudgetOptions } from './retry-budget.options.js';

export interface RetryOptions {
  /** Calls in all, the first one included; 1 means no retry. @defaultValue 3 */
  readonly attempts?: number;
  /** Delays between attempts. @defaultValue exponential from 100 ms to 10 s with full jitter */
  readonly backoff?: BackoffOptions;
  /**
   * Whether an error is worth another attempt.
   * @defaultValue every error but those that say of themselves that they are not retryable, and
   * those with an HTTP status 4xx but 408 and 429
   */
  readonly retryIf?: (error: unknown) => boolean;
  /**
   * Whether a result is worth another attempt; the last one is given to the caller as it is.
   * @defaultValue none is
   */
  readonly retryResult?: (value: unknown) => boolean;
  /**
   * A dependency that asks for a longer pause (`Retry-After`) is not called again: its error goes to
   * the caller at once. @defaultValue '30s'
   */
  readonly maxRetryAfter?: Duration;
  /**
   * How many repeats a dependency gets; one budget for all methods that call it. `false`: no limit.
   * @defaultValue 20 % of the calls of the last 10 s, plus 10
   */
  readonly budget?: RetryBudgetOptions | false;
}

export interface ResolvedRetry {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly retryIf: (error: unknown) => boolean;
  readonly retryResult: ((value: unknown) => boolean) | undefined;
  readonly maxRetryAfterMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveRetry(
  path: string,
  options: RetryOptions,
  random: () => number,
): ResolvedRetry {
  return {
    attempts: wholeNumber(`${path}.attempts`, options.attempts ?? 3, { min: 1 }),
    backoff: createBackoff(`${path}.backoff`, options.backoff, random),
    retryIf: options.retryIf ?? isRetryable,
    retryResult: options.retryResult,
    maxRetryAfterMs: durationMs(`${path}.maxRetryAfter`, options.maxRetryAfter ?? '30s'),
  };
}

function isRetryable(error: unknown): boolean {
  return isLoyalNestError(error) ? error.retryable : !isCallersFault(error);
}
