import {
  createBackoff,
  durationMs,
  type Backoff,
  type BackoffOptions,
  type Duration,
} from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { classifierOf, type Classifier } from '../classification/classifier.js';
import type { Classify } from '../classification/classify.options.js';
import type { RetryBudgetOptions } from './retry-budget.options.js';

export interface RetryOptions {
  /** Maximum number of attempts, including the first; 1 means no retry. @defaultValue 3 */
  readonly attempts?: number;
  /** Delays between attempts. @defaultValue exponential from 100 ms to 10 s with full jitter */
  readonly backoff?: BackoffOptions;
  /**
   * Which results may be retried: those that it calls `failure` or `retryable`.
   * @defaultValue `classify` of the module, else transient failures, by the table in the README
   */
  readonly classify?: Classify;
  /** Whether to retry after this error. @defaultValue `classify` decides */
  readonly retryIf?: (error: unknown) => boolean;
  /**
   * Whether to retry after this result. The caller gets the result of the last attempt.
   * @defaultValue `classify` decides: a returned HTTP response that is a transient failure is retried
   */
  readonly retryResult?: (value: unknown) => boolean;
  /**
   * The longest `Retry-After` to wait for. If the dependency asks for more, the call is not retried
   * and its error goes to the caller at once.
   * @defaultValue '30s'
   */
  readonly maxRetryAfter?: Duration;
  /**
   * Limits the retries and hedges of a dependency; all methods that call it share one budget.
   * `false` removes the limit.
   * @defaultValue 20 % of the calls of the last 10 s, plus 10
   */
  readonly budget?: RetryBudgetOptions | false;
}

export interface ResolvedRetry {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly classify: Classifier;
  readonly retryIf: ((error: unknown) => boolean) | undefined;
  readonly retryResult: ((value: unknown) => boolean) | undefined;
  readonly maxRetryAfterMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveRetry(
  path: string,
  options: RetryOptions,
  { random, classify }: { readonly random: () => number; readonly classify?: Classifier },
): ResolvedRetry {
  return {
    attempts: wholeNumber(`${path}.attempts`, options.attempts ?? 3, { min: 1 }),
    backoff: createBackoff(`${path}.backoff`, options.backoff, random),
    classify: classifierOf(path, options.classify, classify),
    retryIf: options.retryIf,
    retryResult: options.retryResult,
    maxRetryAfterMs: durationMs(`${path}.maxRetryAfter`, options.maxRetryAfter ?? '30s'),
  };
}
