import { LoyalNestError } from '@loyalnest/core';

/** A text is not JSON. The error does not keep the text, which may contain personal data. */
export class MalformedJsonError extends LoyalNestError {
  readonly code = 'MALFORMED_JSON';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    /** Index of the first wrong character; the length of the text if it ends too early. */
    readonly position: number,
    cause: unknown,
  ) {
    super(`the text is not JSON: error at character ${position}`, { cause });
  }
}
