import { LoyalNestError } from '@loyalnest/core';

/** No complete answer within the time: the request's own timeout, or what its caller had left. */
export class HttpTimeoutError extends LoyalNestError {
  readonly code = 'HTTP_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    /** Method, origin and path; never the query. */
    readonly target: string,
    readonly timeoutMs: number,
    /** Which limit was shorter. */
    readonly limit: 'timeout' | 'deadline',
  ) {
    super(
      limit === 'timeout'
        ? `${target} gave no complete answer within ${Math.round(timeoutMs)} ms`
        : `${target} was given up: its caller waits only ${Math.round(timeoutMs)} ms more`,
    );
  }
}
