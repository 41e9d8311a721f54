import { LoyalNestError } from '@loyalnest/core';

/** An attempt took longer than its timeout; its signal has been aborted. */
export class TimeoutError extends LoyalNestError {
  readonly code = 'TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    readonly policy: string,
    readonly timeoutMs: number,
  ) {
    super(`${policy} did not answer within ${timeoutMs} ms`);
  }
}
