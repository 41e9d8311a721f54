import { LoyalNestError } from '@loyalnest/core';

/** Reason of a step's signal: its phase is about to run out of time. */
export class DrainTimeoutError extends LoyalNestError {
  readonly code = 'DRAIN_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = false;

  constructor(readonly step: string) {
    super(`no more time to drain ${step}: hand back the remaining work`);
  }
}
