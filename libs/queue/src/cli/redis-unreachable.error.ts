import { LoyalNestError } from '@loyalnest/core';

/** Redis cannot be used: it is away, is silent or refuses the login. */
export class RedisUnreachableError extends LoyalNestError {
  readonly code = 'REDIS_UNREACHABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly address: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`Redis at ${address} cannot be used: ${reason}; look at --redis or REDIS_URL`, { cause });
  }
}
