import { LoyalNestError } from '@loyalnest/core';

/** The application has closed while a call waited for its next attempt. */
export class ApplicationClosedError extends LoyalNestError {
  readonly code = 'APPLICATION_CLOSED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor() {
    super('the application has closed; no further attempt is made');
  }
}
