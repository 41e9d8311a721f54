import { LoyalNestError } from '@loyalnest/core';

/** A method returned an Observable although its declaration does not say so. */
export class UnexpectedObservableError extends LoyalNestError {
  readonly code = 'UNEXPECTED_OBSERVABLE';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(
      `${policy} returned an Observable; write its return type (': Observable<...>') on the method ` +
        "and import Observable without 'type', so that its policies act at subscription",
    );
  }
}
