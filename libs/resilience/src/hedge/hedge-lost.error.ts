import { LoyalNestError } from '@loyalnest/core';

/** Reason of the abort of a hedged attempt: another one has answered first. */
export class HedgeLostError extends LoyalNestError {
  readonly code = 'HEDGE_LOST';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(`another attempt of ${policy} has answered first`);
  }
}
