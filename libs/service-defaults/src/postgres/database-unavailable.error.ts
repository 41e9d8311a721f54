import { LoyalNestError } from '@loyalnest/core';

/** Postgres did not take part: refused, gone or too slow. Nothing was committed that was promised. */
export class DatabaseUnavailableError extends LoyalNestError {
  readonly code = 'DATABASE_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('the database is not available; try again', { cause, retryAfterMs: 1_000 });
  }
}
