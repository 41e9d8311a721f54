import { LoyalNestError } from '@loyalnest/core';

/** A run took longer than the `timeout` of its definition, and its signal aborted. */
export class JobTimeoutError extends LoyalNestError {
  readonly code = 'JOB_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    readonly job: string,
    readonly timeoutMs: number,
  ) {
    super(`${job} did not finish within ${timeoutMs} ms`);
  }
}
