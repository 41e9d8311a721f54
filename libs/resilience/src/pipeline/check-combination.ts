import { OptionError } from '@loyalnest/core';
import type { ResolvedPolicies } from './policy-definitions.js';

/**
 * Refuses policies that contradict each other, and warns about those without effect.
 *
 * @param path `Class.method`
 * @throws {@link OptionError} with the remedy
 */
export function checkCombination(
  path: string,
  resolved: ResolvedPolicies,
  returnsObservable: boolean,
  warn: (message: string) => void,
): void {
  if (returnsObservable) refuseForObservables(path, resolved);
  checkTimes(path, resolved);
  for (const message of ineffectivePolicies(resolved)) warn(`${path} ${message}`);
}

function refuseForObservables(
  path: string,
  { cache, singleFlight, hedge }: ResolvedPolicies,
): void {
  const refused = Object.entries({ Cache: cache, SingleFlight: singleFlight, Hedge: hedge });
  for (const [name, options] of refused) {
    if (options === undefined) continue;
    throw new OptionError(
      `${path} @${name}`,
      'an Observable',
      'it only works on methods that return a promise; remove it or return a promise',
    );
  }
}

function checkTimes(path: string, { timeout, deadline, hedge }: ResolvedPolicies): void {
  const { timeoutMs } = timeout ?? {};
  const { deadlineMs } = deadline ?? {};
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

function* ineffectivePolicies(resolved: ResolvedPolicies): Iterable<string> {
  const { retry, hedge, timeout, deadline, circuitBreaker, rateLimit, bulkhead } = resolved;
  const { timeoutMs } = timeout ?? {};
  const { deadlineMs } = deadline ?? {};
  if (retry?.attempts === 1) {
    yield '@Retry: with one attempt nothing is retried; set attempts to 2 or more, or remove @Retry';
  }
  if (hedge && timeoutMs === undefined && deadlineMs === undefined) {
    yield '@Hedge: an attempt that hangs never ends; add @Timeout';
  }
  if (circuitBreaker && timeoutMs !== undefined && isFinite(circuitBreaker.slowCallMs)) {
    if (circuitBreaker.slowCallMs > timeoutMs) {
      yield `@CircuitBreaker.slowCall: attempts end after ${timeoutMs} ms, so no call is ever slow; use less than the timeout`;
    }
  }
  if (deadlineMs === undefined) return;
  if (rateLimit && rateLimit.maxWaitMs >= deadlineMs) {
    yield `@RateLimit.maxWait: the whole call ends after its @Deadline of ${deadlineMs} ms; use a shorter maxWait`;
  }
  if (bulkhead && bulkhead.maxQueue > 0 && bulkhead.maxWaitMs >= deadlineMs) {
    yield `@Bulkhead.maxWait: the whole call ends after its @Deadline of ${deadlineMs} ms; use a shorter maxWait`;
  }
}
