import { LoyalNestError } from '@loyalnest/core';

/**
 * Postgres refused the connection, dropped it or did not answer in time. Nothing was committed,
 * unless it was the commit itself that got no answer.
 */
export class DatabaseUnavailableError extends LoyalNestError {
  readonly code = 'DATABASE_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('the database is unavailable; try again', { cause, retryAfterMs: 1_000 });
  }
}
