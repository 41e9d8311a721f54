import { LoyalNestError } from '@loyalnest/core';

/** The machine has no Redis and could not fetch one; the message names the remedies. */
export class RedisUnavailableError extends LoyalNestError {
  readonly code = 'REDIS_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(reason: string, cause?: unknown) {
    super(
      `No Redis available: neither redis-server nor valkey-server is on PATH, and ${reason}. ` +
        'Set REDIS_URL to a running Redis (6.2 or later), or install one: ' +
        '`brew install redis`, `apt-get install redis-server`, `dnf install valkey`.',
      { cause },
    );
  }
}
