import { LoyalNestError } from '@loyalnest/core';

/** Reason of a step's signal: the time of its phase is nearly over. */
export class DrainTimeoutError extends LoyalNestError {
  readonly code = 'DRAIN_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = false;

  constructor(readonly step: string) {
    super(`${step} has no more time to drain: hand back what is left`);
  }
}
