import { LoyalNestError, type DeadlineSource } from '@loyalnest/core';

/**
 * An attempt took longer than its timeout, or than the time left to its caller; its signal has been
 * aborted.
 */
export class TimeoutError extends LoyalNestError {
  readonly code = 'TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    readonly policy: string,
    readonly timeoutMs: number,
    /** Who set the limit. Breakers do not count an attempt that its caller's deadline ended. */
    readonly deadlineSource: DeadlineSource = 'own',
  ) {
    super(`${policy} did not answer within ${timeoutMs} ms`);
  }
}
