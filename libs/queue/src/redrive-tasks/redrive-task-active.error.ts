import { LoyalNestError } from '@loyalnest/core';

/** The queue has an active redrive task; it can have only one. */
export class RedriveTaskActiveError extends LoyalNestError {
  readonly code = 'REDRIVE_TASK_ACTIVE';
  readonly category = 'conflict';
  readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly task: string,
  ) {
    super(`queue '${queue}' has an active redrive task '${task}'; cancel it or wait until it ends`);
  }
}
