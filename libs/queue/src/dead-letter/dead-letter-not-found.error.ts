import { LoyalNestError } from '@loyalnest/core';

/** There is no dead letter of that id: it was never one, or it has been redriven. */
export class DeadLetterNotFoundError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`queue '${queue}' has no dead letter ${id}; it may have been redriven already`);
  }
}
