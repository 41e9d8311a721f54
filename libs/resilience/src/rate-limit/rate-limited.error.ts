import { LoyalNestError } from '@loyalnest/core';

/**
 * The call is over this process's own limit for a dependency, which was not called. The category is
 * `unavailable`, as for an open circuit: the limit says nothing about how often our own caller asks.
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
