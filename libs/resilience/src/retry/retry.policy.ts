import { currentContext, isLoyalNestError, type Clock } from '@loyalnest/core';
import { attemptFailed } from '../resilience.events.js';
import type { Call, Operation, Policy } from '../pipeline/policy.js';
import type { ResolvedRetry } from './retry.options.js';

/**
 * Calls again after a failure, with backoff. It gives up with the last error when the attempts are
 * used up, the error is not worth it, the caller went away, or the deadline would pass in the
 * sleep. A `retryAfterMs` of the error is the least it waits.
 */
export class RetryPolicy implements Policy {
  readonly kind = 'retry';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedRetry,
    private readonly clock: Clock,
  ) {
    this.description = `${options.attempts} attempts`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.run(call, next);
  }

  private async run(call: Call, next: Operation): Promise<unknown> {
    const { attempts, backoff, retryIf } = this.options;
    let previousDelayMs: number | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(attempt === 1 ? call : { ...call, attempt });
      } catch (error) {
        if (attempt === attempts || call.signal?.aborted || !retryIf(error)) throw error;
        const retryAfterMs = isLoyalNestError(error) ? (error.retryAfterMs ?? 0) : 0;
        const delayMs = Math.max(backoff(attempt, previousDelayMs), retryAfterMs);
        const remainingMs = currentContext()?.deadline?.remainingMs ?? Infinity;
        if (delayMs >= remainingMs) throw error;
        attemptFailed.publish({ policy: this.name, attempt, error, delayMs });
        previousDelayMs = delayMs;
        await this.clock.sleep(delayMs, { signal: call.signal });
      }
    }
  }
}
