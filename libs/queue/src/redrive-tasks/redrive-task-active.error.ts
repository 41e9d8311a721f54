import { LoyalNestError } from '@loyalnest/core';

/** A queue is redriven by one task at a time. */
export class RedriveTaskActiveError extends LoyalNestError {
  readonly code = 'REDRIVE_TASK_ACTIVE';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly task: string,
  ) {
    super(`redrive task ${task} of queue '${queue}' is under way; cancel it or wait for its end`);
  }
}
