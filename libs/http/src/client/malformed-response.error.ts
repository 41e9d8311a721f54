import { LoyalNestError } from '@loyalnest/core';

/** The answer was to be JSON and is not. */
export class MalformedResponseError extends LoyalNestError {
  readonly code = 'HTTP_MALFORMED_RESPONSE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(
    readonly status: number,
    cause: unknown,
  ) {
    super(`the answer with status ${status} is no JSON`, { cause });
  }
}
