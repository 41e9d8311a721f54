import { LoyalNestError } from '@loyalnest/core';

/** `@FaultInjection` failed the call on purpose; the method did not run. */
export class InjectedFaultError extends LoyalNestError {
  readonly code = 'INJECTED_FAULT';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly policy: string) {
    super(`a fault was injected into ${policy}; the method did not run`);
  }
}
