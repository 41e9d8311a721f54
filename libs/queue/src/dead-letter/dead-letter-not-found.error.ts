import { LoyalNestError } from '@loyalnest/core';

/** No dead letter has this id: there never was one, or it was redriven. */
export class DeadLetterNotFoundError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`queue '${queue}' has no dead letter '${id}'; it may have been redriven already`);
  }
}
