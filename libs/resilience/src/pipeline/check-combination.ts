import { OptionError } from '@loyalnest/core';
import type { ResolvedBulkhead } from '../bulkhead/bulkhead.options.js';
import type { ResolvedCircuitBreaker } from '../circuit-breaker/circuit-breaker.options.js';
import type { ResolvedHedge } from '../hedge/hedge.options.js';
import type { ResolvedRateLimit } from '../rate-limit/rate-limit.options.js';
import type { ResolvedRetry } from '../retry/retry.options.js';

/** The resolved policies of one method, as far as they can stand in each other's way. */
export interface Combination {
  /** `Class.method` */
  readonly path: string;
  readonly returnsObservable: boolean;
  readonly cache?: object | undefined;
  readonly singleFlight?: object | undefined;
  readonly deadlineMs?: number | undefined;
  readonly rateLimit?: ResolvedRateLimit | undefined;
  readonly bulkhead?: ResolvedBulkhead | undefined;
  readonly retry?: ResolvedRetry | undefined;
  readonly breaker?: ResolvedCircuitBreaker | undefined;
  readonly hedge?: ResolvedHedge | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Refuses combinations that contradict themselves, and warns of those that do nothing.
 *
 * @throws {@link OptionError} with the remedy
 */
export function checkCombination(combination: Combination, warn: (message: string) => void): void {
  refuseForObservables(combination);
  checkTimes(combination);
  for (const message of idlePolicies(combination)) warn(`${combination.path} ${message}`);
}

function refuseForObservables({
  path,
  returnsObservable,
  cache,
  singleFlight,
  hedge,
}: Combination): void {
  if (!returnsObservable) return;
  const refused = Object.entries({ Cache: cache, SingleFlight: singleFlight, Hedge: hedge });
  for (const [name, options] of refused) {
    if (options === undefined) continue;
    throw new OptionError(
      `${path} @${name}`,
      'an Observable',
      'it works on methods that return a promise; remove it or return a promise',
    );
  }
}

function checkTimes({ path, timeoutMs, deadlineMs, hedge }: Combination): void {
  if (timeoutMs !== undefined && deadlineMs !== undefined && timeoutMs > deadlineMs) {
    throw new OptionError(
      `${path} @Timeout`,
      timeoutMs,
      `the whole call ends after its @Deadline of ${deadlineMs} ms; use a shorter timeout`,
    );
  }
  const attemptMs = timeoutMs ?? deadlineMs;
  if (hedge && attemptMs !== undefined && hedge.delayMs >= attemptMs) {
    throw new OptionError(
      `${path} @Hedge.delay`,
      hedge.delayMs,
      `an attempt ends after ${attemptMs} ms, before the hedge would start; use a shorter delay`,
    );
  }
}

function* idlePolicies(combination: Combination): Iterable<string> {
  const { retry, hedge, timeoutMs, deadlineMs, breaker, rateLimit, bulkhead } = combination;
  if (retry?.attempts === 1) {
    yield '@Retry: one attempt is no retry; set attempts to 2 or more, or remove it';
  }
  if (hedge && timeoutMs === undefined && deadlineMs === undefined) {
    yield '@Hedge: attempts that hang are never given up; add @Timeout';
  }
  if (breaker && timeoutMs !== undefined && isFinite(breaker.slowCallMs)) {
    if (breaker.slowCallMs > timeoutMs) {
      yield `@CircuitBreaker.slowCall: attempts end after ${timeoutMs} ms, so none is ever slow; use less than the timeout`;
    }
  }
  if (deadlineMs === undefined) return;
  if (rateLimit && rateLimit.maxWaitMs >= deadlineMs) {
    yield `@RateLimit.maxWait: the whole call ends after its @Deadline of ${deadlineMs} ms; wait less`;
  }
  if (bulkhead && bulkhead.maxQueue > 0 && bulkhead.maxWaitMs >= deadlineMs) {
    yield `@Bulkhead.maxWait: the whole call ends after its @Deadline of ${deadlineMs} ms; wait less`;
  }
}
