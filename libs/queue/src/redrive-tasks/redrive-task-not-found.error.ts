import { LoyalNestError } from '@loyalnest/core';

/** There is no redrive task of that id: it never was, or others have come since. */
export class RedriveTaskNotFoundError extends LoyalNestError {
  readonly code = 'REDRIVE_TASK_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly task: string,
  ) {
    super(`queue '${queue}' has no redrive task ${task}; the last 50 are kept`);
  }
}
