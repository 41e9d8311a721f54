import { LoyalNestError } from '@loyalnest/core';

/** JSON was expected, but the answer is not JSON. */
export class MalformedResponseError extends LoyalNestError {
  readonly code = 'HTTP_MALFORMED_RESPONSE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(
    readonly status: number,
    cause: unknown,
  ) {
    super(`the answer with status ${status} is not JSON`, { cause });
  }
}
