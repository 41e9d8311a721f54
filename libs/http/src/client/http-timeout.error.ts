import { LoyalNestError, type DeadlineSource } from '@loyalnest/core';

/** No complete answer arrived within the request's timeout or the remaining time of its caller. */
export class HttpTimeoutError extends LoyalNestError {
  readonly code = 'HTTP_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    /** Method, origin and path; never the query. */
    readonly target: string,
    readonly timeoutMs: number,
    /** Which of the two limits was shorter. */
    readonly limit: 'timeout' | 'deadline',
    /** Who set the limit. Breakers do not count a call that a caller's deadline ended. */
    readonly deadlineSource: DeadlineSource = 'own',
  ) {
    super(
      limit === 'timeout'
        ? `${target} gave no complete answer within ${Math.round(timeoutMs)} ms`
        : `${target} gave no complete answer within the ${Math.round(timeoutMs)} ms left to its caller`,
    );
  }
}
