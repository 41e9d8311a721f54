import { LoyalNestError } from '@loyalnest/core';

/** Something that was waited for did not come about in time; `cause` is the last failure seen. */
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
