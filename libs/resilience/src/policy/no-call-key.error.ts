import { LoyalNestError } from '@loyalnest/core';

/** Why a call has no key: an argument is not plain data, or the policy's `key` returned nothing. */
export type NoCallKeyFault = 'not-plain' | 'absent';

const TEXT: Readonly<Record<NoCallKeyFault, string>> = {
  'not-plain':
    'got an argument that is not plain data, so it cannot compare calls; set its key option',
  absent: 'has a key that is undefined or empty for this call; return a key for every call',
};

/**
 * A call has no key: it is cached or shared, an argument is not plain data, such as a class instance, and
 * its policy has no `key`; or the `key` of a rate limit returned nothing.
 */
export class NoCallKeyError extends LoyalNestError {
  readonly code = 'NO_CALL_KEY';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(
    readonly policy: string,
    fault: NoCallKeyFault = 'not-plain',
  ) {
    super(`${policy} ${TEXT[fault]}`);
  }
}
