import { LoyalNestError } from '@loyalnest/core';

/** The application closed while the call was waiting for its next attempt. */
export class ApplicationClosedError extends LoyalNestError {
  readonly code = 'APPLICATION_CLOSED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor() {
    super('the application closed before the next attempt; the call is not retried');
  }
}
