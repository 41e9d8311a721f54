import { LoyalNestError } from '@loyalnest/core';

/** Redis is down, does not answer, or refuses the login. */
export class RedisUnreachableError extends LoyalNestError {
  readonly code = 'REDIS_UNREACHABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly address: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`Redis at '${address}' is unavailable: ${reason}; check --redis or REDIS_URL`, { cause });
  }
}
