import { LoyalNestError } from '@loyalnest/core';

/** The payload has changed since the caller read it. Nothing was changed. */
export class DeadLetterChangedError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_CHANGED';
  readonly category = 'conflict';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`dead letter '${id}' of queue '${queue}' has changed since you read it; read it again`);
  }
}
