import { LoyalNestError } from '@loyalnest/core';

/** The abort reason of a hedged attempt: another attempt answered first. */
export class HedgeLostError extends LoyalNestError {
  readonly code = 'HEDGE_LOST';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(readonly policy: string) {
    super(`another attempt of ${policy} answered first`);
  }
}
