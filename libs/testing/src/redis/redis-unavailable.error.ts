import { LoyalNestError } from '@loyalnest/core';

/** This machine has no Redis, and none could be fetched; the message names the ways to get one. */
export class RedisUnavailableError extends LoyalNestError {
  readonly code = 'REDIS_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(reason: string, cause?: unknown) {
    super(
      `No Redis to be had: neither redis-server nor valkey-server is on PATH, and ${reason}. ` +
        'Set REDIS_URL to a running Redis (6.2 or later), or install one: ' +
        '`brew install redis`, `apt-get install redis-server`, `dnf install valkey`.',
      { cause },
    );
  }
}
