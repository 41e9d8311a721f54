import { LoyalNestError } from '@loyalnest/core';

/** A failure made on purpose, in place of a call. */
export class InjectedFaultError extends LoyalNestError {
  readonly code = 'INJECTED_FAULT';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly policy: string) {
    super(`a fault was injected into ${policy}; the method was not run`);
  }
}
