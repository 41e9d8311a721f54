import { LoyalNestError } from '@loyalnest/core';

/** A whole call, with its attempts and waits, took longer than it may. */
export class DeadlineExceededError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  /** Nobody waits for another attempt. */
  readonly retryable = false;

  constructor(
    readonly policy: string,
    readonly deadlineMs: number,
  ) {
    super(`${policy} did not end within its deadline of ${deadlineMs} ms, retries included`);
  }
}
