import type { Clock } from '@loyalnest/core';
import { askPredicate } from '../classification/ask-predicate.js';
import {
  classifyCallError,
  hasCallerGivenUp,
  isCallersDeadline,
} from '../classification/callers-end.js';
import { classifyByDefault } from '../classification/classifier.js';
import { discardResponse } from '../classification/discard-response.js';
import { retryAfterMsOf } from '../classification/retry-after.js';
import { attemptFailed } from '../resilience.events.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import type { RetryBudget } from './retry-budget.js';
import type { ResolvedRetry } from './retry.options.js';

export interface RetrySurroundings {
  readonly clock: Clock;
  /** Undefined if repeats are not limited. */
  readonly budget: RetryBudget | undefined;
  /** Called once for each method whose retry runs inside another retry. */
  readonly warn: (message: string) => void;
  /** Aborts when the application shuts down, so no delay outlives it. */
  readonly ending: AbortSignal;
}

/**
 * Retries a failed call, with backoff. It returns the last result when the attempts or the retry
 * budget of the dependency are used up, the failure is not retryable, the caller has aborted, or
 * the deadline would pass during the delay. `Retry-After` of the dependency is the minimum delay.
 * Inside an attempt of another retry it makes one attempt only, because the outer one retries it.
 */
export class RetryPolicy implements Policy {
  readonly kind = 'retry';
  readonly description: string;
  private warned = false;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedRetry,
    private readonly surroundings: RetrySurroundings,
  ) {
    this.description = `${options.attempts} attempts`;
  }

  wrap(next: Operation): Operation {
    const { budget, clock } = this.surroundings;
    return (call) => {
      // Budget and timeout share one reading of the clock.
      call.startedAtMs = clock.monotonic();
      budget?.recordCall(call.startedAtMs);
      if (call.retriedBy !== undefined) return this.runOnce(call, next);
      call.retriedBy = this.name;
      call.altered = true;
      return this.attempt(call, next, undefined);
    };
  }

  private attempt(
    call: Call,
    next: Operation,
    previousDelayMs: number | undefined,
  ): Promise<unknown> {
    return next(call).then(
      (value) => {
        if (!this.mayRetryValue(call, value)) return value;
        const delayMs = this.delayMs(call, value, previousDelayMs);
        if (delayMs === undefined) return value;
        discardResponse(value);
        return this.again(call, next, delayMs);
      },
      (error: unknown) => {
        if (!this.mayRetryError(call, error)) throw error;
        const delayMs = this.delayMs(call, error, previousDelayMs);
        if (delayMs === undefined) throw error;
        return this.again(call, next, delayMs, error);
      },
    );
  }

  private mayRetryError(call: Call, error: unknown): boolean {
    const { retryIf, classify } = this.options;
    if (hasCallerGivenUp(call)) return false;
    return retryIf === undefined
      ? classifyCallError(call, error, classify).retryable
      : askPredicate('retryIf', retryIf, error);
  }

  /** A returned 429 is an answer for the caller; only failures are worth another attempt. */
  private mayRetryValue(call: Call, value: unknown): boolean {
    const { retryResult, classify } = this.options;
    if (retryResult !== undefined) return askPredicate('retryResult', retryResult, value);
    // The default classification finds nothing to retry in other values.
    if (classify === classifyByDefault && (typeof value !== 'object' || value === null))
      return false;
    const { outcome, retryable } = classify(value, false, isCallersDeadline(call));
    return outcome === 'failure' && retryable;
  }

  /** Delay before the next attempt; undefined if there is none. */
  private delayMs(
    call: Call,
    result: unknown,
    previousDelayMs: number | undefined,
  ): number | undefined {
    const { attempts, backoff, maxRetryAfterMs } = this.options;
    const { clock, budget } = this.surroundings;
    if (call.attempt >= attempts) return undefined;
    // A subscriber that has received values would receive them twice.
    if (call.stream?.lastValueAtMs !== undefined) return undefined;
    const retryAfterMs = retryAfterMsOf(result, clock.now());
    if (retryAfterMs > maxRetryAfterMs) return undefined;
    const delayMs = Math.max(backoff(call.attempt, previousDelayMs), retryAfterMs);
    if (delayMs >= (call.deadline?.remainingMs ?? Infinity)) return undefined;
    if (budget && !budget.tryRepeat('retry')) return undefined;
    return delayMs;
  }

  private async again(
    call: Call,
    next: Operation,
    delayMs: number,
    error?: unknown,
  ): Promise<unknown> {
    attemptFailed.publish({ policy: this.name, attempt: call.attempt, error, delayMs });
    await this.sleep(delayMs, call.signal);
    call.attempt++;
    call.startedAtMs = this.surroundings.clock.monotonic();
    return this.attempt(call, next, delayMs);
  }

  private sleep(delayMs: number, caller: AbortSignal | undefined): Promise<void> {
    const { clock, ending } = this.surroundings;
    const signal = caller ? AbortSignal.any([caller, ending]) : ending;
    return clock.sleep(delayMs, { signal });
  }

  private runOnce(call: Call, next: Operation): Promise<unknown> {
    if (!this.warned) {
      this.warned = true;
      this.surroundings.warn(
        `the retry of ${this.name} runs inside the retry of ${call.retriedBy}, so it makes only ` +
          'one attempt; remove one of the two',
      );
    }
    return next(call);
  }
}
