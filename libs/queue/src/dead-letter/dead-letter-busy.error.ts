import { LoyalNestError } from '@loyalnest/core';

/** Another operator or process is redriving this dead letter right now. */
export class DeadLetterBusyError extends LoyalNestError {
  readonly code = 'DEAD_LETTER_BUSY';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly id: string,
  ) {
    super(`another redrive of dead letter '${id}' of queue '${queue}' is running; read it again`);
  }
}
