import { LoyalNestError } from '@loyalnest/core';

/** The Redis of this machine can't serve TLS. */
export class RedisWithoutTlsError extends LoyalNestError {
  readonly code = 'REDIS_WITHOUT_TLS';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(path: string, cause: unknown) {
    super(
      `${path} was built without TLS. Put one that has it first on PATH: that of Debian, or one ` +
        'built with `make BUILD_TLS=yes`.',
      { cause },
    );
  }
}
