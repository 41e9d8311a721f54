import { LoyalNestError } from '@loyalnest/core';

/** An idempotency key was reused for a different message. */
export class IdempotencyKeyReusedError extends LoyalNestError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  readonly category = 'conflict';
  readonly retryable = false;

  constructor(readonly idempotencyKey: string) {
    super(
      `the idempotency key ${idempotencyKey} was already used for a different message; use a new key`,
    );
  }
}
