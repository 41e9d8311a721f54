import { LoyalNestError } from '@loyalnest/core';

/** Somebody else is redriving this dead letter at this moment. */
export class DeadLetterBusyError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_BUSY';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`dead letter ${id} of queue '${queue}' is being redriven; look at it again`);
  }
}
