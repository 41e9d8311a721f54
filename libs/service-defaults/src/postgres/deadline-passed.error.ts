import { LoyalNestError } from '@loyalnest/core';

/** The caller's time was over before Postgres was asked. Nothing was begun, nothing is committed. */
export class DeadlinePassedError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor() {
    super("nothing was asked of the database: the caller's time was over; try again");
  }
}
