import { LoyalNestError } from '@loyalnest/core';

/** An idempotency key came again with another message. */
export class IdempotencyKeyReusedError extends LoyalNestError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  readonly category = 'conflict';
  readonly retryable = false;

  constructor(readonly idempotencyKey: string) {
    super(`the idempotency key ${idempotencyKey} belongs to another message; send a new key`);
  }
}
