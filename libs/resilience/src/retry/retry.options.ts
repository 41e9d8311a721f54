import {
  createBackoff,
  isLoyalNestError,
  wholeNumber,
  type Backoff,
  type BackoffOptions,
} from '@loyalnest/core';

export interface RetryOptions {
  /** Calls in all, the first one included; 1 means no retry. @defaultValue 3 */
  readonly attempts?: number;
  /** Delays between attempts. @defaultValue exponential from 100 ms to 10 s with full jitter */
  readonly backoff?: BackoffOptions;
  /**
   * Whether an error is worth another attempt.
   * @defaultValue every error but those that say of themselves that they are not retryable
   */
  readonly retryIf?: (error: unknown) => boolean;
}

export interface ResolvedRetry {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly retryIf: (error: unknown) => boolean;
}

export function resolveRetry(
  path: string,
  options: RetryOptions,
  random: () => number,
): ResolvedRetry {
  return {
    attempts: wholeNumber(`${path}.attempts`, options.attempts ?? 3, { min: 1 }),
    backoff: createBackoff(`${path}.backoff`, options.backoff, random),
    retryIf: options.retryIf ?? isRetryable,
  };
}

function isRetryable(error: unknown): boolean {
  return isLoyalNestError(error) ? error.retryable : true;
}
