import { LoyalNestError } from '@loyalnest/core';

/**
 * A cached or shared call has an argument that is not plain data, such as a class instance or a
 * function, and its policy has no `key`.
 */
export class NoCallKeyError extends LoyalNestError {
  readonly code = 'NO_CALL_KEY';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(
      `${policy} got an argument that is not plain data, so it cannot compare calls; ` +
        'set its key option',
    );
  }
}
