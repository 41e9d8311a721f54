import { LoyalNestError } from '@loyalnest/core';

/** No breaker of that name has been declared or used in this application. */
export class CircuitNotFoundError extends LoyalNestError {
  readonly code = 'CIRCUIT_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly policy: string,
    known: readonly string[],
  ) {
    super(`there is no circuit '${policy}'; existing circuits: ${known.join(', ') || 'none'}`);
  }
}
