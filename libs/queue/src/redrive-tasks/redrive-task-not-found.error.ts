import { LoyalNestError } from '@loyalnest/core';

/** No redrive task has this id: there never was one, or newer tasks replaced it. */
export class RedriveTaskNotFoundError extends LoyalNestError {
  readonly code = 'REDRIVE_TASK_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly task: string,
  ) {
    super(`queue '${queue}' has no redrive task '${task}'; only the last 50 are kept`);
  }
}
