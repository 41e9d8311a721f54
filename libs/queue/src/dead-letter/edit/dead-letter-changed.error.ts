import { LoyalNestError } from '@loyalnest/core';

/** A dead letter's payload is not what it was when it was read; nothing was changed. */
export class DeadLetterChangedError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_CHANGED';
  readonly category = 'conflict';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`dead letter ${id} of queue '${queue}' has changed since; read it again and edit that`);
  }
}
