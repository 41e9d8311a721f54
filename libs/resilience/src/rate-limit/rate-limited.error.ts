import { LoyalNestError } from '@loyalnest/core';

/**
 * The call exceeds this process's own limit for a dependency, which was not called. The category is
 * `unavailable`, as for an open circuit, because our own caller has not called too often.
 */
export class RateLimitedError extends LoyalNestError {
  readonly code = 'RATE_LIMITED';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly policy: string,
    retryAfterMs: number,
  ) {
    super(`${policy} exceeds its rate limit; try again in ${retryAfterMs} ms`, {
      retryAfterMs,
    });
  }
}
