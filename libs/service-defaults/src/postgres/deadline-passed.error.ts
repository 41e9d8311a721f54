import { LoyalNestError } from '@loyalnest/core';

/** The request's deadline passed before a query was sent. Nothing was started or committed. */
export class DeadlinePassedError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor() {
    super('the deadline of the request passed before the database was queried; try again');
  }
}
