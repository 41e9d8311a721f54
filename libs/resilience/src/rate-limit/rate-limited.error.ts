import { LoyalNestError } from '@loyalnest/core';

/**
 * Our own limit on calls of a dependency; the dependency was not asked. To the outside this service
 * is unavailable for the moment, as with an open circuit: it is not its caller who asks too often.
 */
export class RateLimitedError extends LoyalNestError {
  readonly code = 'RATE_LIMITED';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly policy: string,
    retryAfterMs: number,
  ) {
    super(`${policy} is called more often than its limit; the next turn is in ${retryAfterMs} ms`, {
      retryAfterMs,
    });
  }
}
