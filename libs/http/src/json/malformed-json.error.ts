import { LoyalNestError } from '@loyalnest/core';

/** Text that is no JSON. The text itself is not kept: it may hold personal data. */
export class MalformedJsonError extends LoyalNestError {
  readonly code = 'MALFORMED_JSON';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    /** Index of the first character that cannot be there; the length if the text ends too early. */
    readonly position: number,
    cause: unknown,
  ) {
    super(`the text is no JSON: error at character ${position}`, { cause });
  }
}
