import { LoyalNestError } from '@loyalnest/core';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/** The job must not run. It becomes a dead letter at once. */
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
