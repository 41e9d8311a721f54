import { LoyalNestError } from '@loyalnest/core';

/** A text is not JSON. The error does not keep the text, which may contain personal data. */
export class MalformedJsonError extends LoyalNestError {
  readonly code = 'MALFORMED_JSON';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    /**
     * Index of the first wrong character; the length of the text if it ends too early. Undefined for
     * a text of more than 131,072 characters, in which the search would take too long.
     */
    readonly position: number | undefined,
    cause: unknown,
  ) {
    const where = position === undefined ? '' : `: error at character ${position}`;
    super(`the text is not JSON${where}`, { cause });
  }
}
