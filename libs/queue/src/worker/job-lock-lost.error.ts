import { LoyalNestError } from '@loyalnest/core';

/**
 * The worker was silent for longer than its queue's `lock`, and the job has been given to another:
 * it may run there at this moment. The run's signal aborts with this error.
 */
export class JobLockLostError extends LoyalNestError {
  readonly code = 'JOB_LOCK_LOST';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(readonly id: string) {
    super(`job ${id} has been given to another worker; stop what it does here`);
  }
}
