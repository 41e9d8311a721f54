import { LoyalNestError } from '@loyalnest/core';

/**
 * Another service refused the credential of this one, so an operator must renew it. Our caller gets a 503:
 * a 401 would ask it for a credential that has nothing to do with it.
 */
export class CredentialRefusedError extends LoyalNestError {
  readonly code = 'CREDENTIAL_REFUSED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(
    /** The service that refused: `points-service`. */
    readonly target: string,
    /** Its answer: 401, 403 or 407. */
    readonly status: number,
  ) {
    super(`${target} refused our credential with ${status}; renew the credential of this service`);
  }
}
