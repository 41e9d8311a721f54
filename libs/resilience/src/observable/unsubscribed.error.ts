import { LoyalNestError } from '@loyalnest/core';

/** Reason of the abort when the subscriber of a protected Observable left before its end. */
export class UnsubscribedError extends LoyalNestError {
  readonly code = 'UNSUBSCRIBED';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(`the subscriber of ${policy} left before its end`);
  }
}
