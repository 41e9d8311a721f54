import { LoyalNestError } from '@loyalnest/core';

/** The Redis binary of this machine was built without TLS. */
export class RedisWithoutTlsError extends LoyalNestError {
  readonly code = 'REDIS_WITHOUT_TLS';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(path: string, cause: unknown) {
    super(
      `${path} was built without TLS. Put a Redis with TLS first on PATH: Debian's, or one ` +
        'built with `make BUILD_TLS=yes`.',
      { cause },
    );
  }
}
