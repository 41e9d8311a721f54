import { LoyalNestError } from '../error/loyalnest.error.js';

/** The ids of a request context. */
export type ContextIdField = 'correlationId' | 'merchantId' | 'userId';

/**
 * An id was put into a request context that other services could not receive unchanged. It is thrown
 * where the id is set. The message says what is wrong, but does not show the id, which may be personal.
 */
export class ContextIdError extends LoyalNestError {
  readonly code = 'INVALID_CONTEXT_ID';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly field: ContextIdField,
    problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}
