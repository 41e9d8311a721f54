import { LoyalNestError } from '@loyalnest/core';

/**
 * A request exceeds one of its limits. It is answered with 429: `@loyalnest/http` sends problem details,
 * Nest alone reads `statusCode`. It has no stack, because many of these errors are created.
 */
export class RequestThrottledError extends LoyalNestError {
  readonly code = 'REQUEST_THROTTLED';
  readonly category = 'rate-limited';
  readonly retryable = true;
  declare readonly retryAfterMs: number;
  // Nest answers with the status of an error that has these three fields.
  readonly status = 429;
  readonly statusCode = 429;
  readonly expose = true;

  constructor(
    /** Name of the refusing limit with the longest wait. */
    readonly limit: string,
    retryAfterMs: number,
    /** Text for the caller, from `getErrorMessage` of your guard. */
    readonly detail?: string,
  ) {
    super(detail ?? RequestThrottledError.messageOf(limit, retryAfterMs), { retryAfterMs });
  }

  static messageOf(limit: string, retryAfterMs: number): string {
    return `too many requests for the limit ${limit}; try again in ${retryAfterMs} ms`;
  }

  /** Creates the error without a stack. */
  static create(limit: string, retryAfterMs: number, detail?: string): RequestThrottledError {
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return new RequestThrottledError(limit, retryAfterMs, detail);
    } finally {
      Error.stackTraceLimit = depth;
    }
  }
}
