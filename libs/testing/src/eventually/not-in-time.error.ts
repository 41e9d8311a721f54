import { LoyalNestError } from '@loyalnest/core';

/** A condition was not met in time; `cause` is the last failure. */
export class NotInTimeError extends LoyalNestError {
  readonly code = 'NOT_IN_TIME';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    readonly awaited: string,
    readonly withinMs: number,
    details = '',
    cause?: unknown,
  ) {
    super(`${awaited} did not happen within ${withinMs} ms${details}`, { cause });
  }
}
