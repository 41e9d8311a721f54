import { LoyalNestError } from '@loyalnest/core';

/** The abort reason when the subscriber of a protected Observable unsubscribed before its end. */
export class UnsubscribedError extends LoyalNestError {
  readonly code = 'UNSUBSCRIBED';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(`the subscriber of ${policy} unsubscribed before its end`);
  }
}
