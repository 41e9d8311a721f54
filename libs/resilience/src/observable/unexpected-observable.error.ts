import { LoyalNestError } from '@loyalnest/core';

/** A method returned an Observable although its declared return type does not say so. */
export class UnexpectedObservableError extends LoyalNestError {
  readonly code = 'UNEXPECTED_OBSERVABLE';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(
      `${policy} returned an Observable but does not declare it; write ': Observable<...>' ` +
        "as its return type and import Observable without 'type'",
    );
  }
}
