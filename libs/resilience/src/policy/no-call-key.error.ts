import { LoyalNestError } from '@loyalnest/core';

/** Arguments that have no key of their own, such as instances of a class or functions. */
export class NoCallKeyError extends LoyalNestError {
  readonly code = 'NO_CALL_KEY';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(
      `${policy} got an argument that is no plain data, so it cannot tell which calls are the same; ` +
        'give it a key function',
    );
  }
}
