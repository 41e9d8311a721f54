import { LoyalNestError } from '@loyalnest/core';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/** A check before the run rejected the job, so it becomes a dead letter without a run. */
export class RejectedJobError extends LoyalNestError {
  readonly code = 'JOB_REJECTED';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly reason: Extract<DeadLetterReason, 'invalid' | 'unknown-name' | 'expired' | 'poison'>,
    message: string,
  ) {
    super(message);
  }
}
