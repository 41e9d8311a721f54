import { LoyalNestError } from '@loyalnest/core';

/**
 * The worker was silent for longer than its queue's `lock`, so another worker gets the job and may
 * already be running it. The run's signal aborts with this error.
 */
export class JobLockLostError extends LoyalNestError {
  readonly code = 'JOB_LOCK_LOST';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(readonly id: string) {
    super(`job ${id} lost its lock and goes to another worker; stop this run`);
  }
}
