import { LoyalNestError } from '@loyalnest/core';

/**
 * A request over one of its limits. Answered with 429: `@loyalnest/http` makes problem details of it,
 * Nest alone reads `statusCode`. Built without a stack, as it is made in masses.
 */
export class RequestThrottledError extends LoyalNestError {
  readonly code = 'REQUEST_THROTTLED';
  readonly category = 'rate-limited';
  readonly retryable = true;
  declare readonly retryAfterMs: number;
  // By these three Nest knows an error with a status.
  readonly status = 429;
  readonly statusCode = 429;
  readonly expose = true;

  constructor(
    /** Name of the limit that has to be waited for longest. */
    readonly limit: string,
    retryAfterMs: number,
  ) {
    super(`too many requests for the limit ${limit}; the next one is taken in ${retryAfterMs} ms`, {
      retryAfterMs,
    });
  }

  static create(limit: string, retryAfterMs: number): RequestThrottledError {
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return new RequestThrottledError(limit, retryAfterMs);
    } finally {
      Error.stackTraceLimit = depth;
    }
  }
}
