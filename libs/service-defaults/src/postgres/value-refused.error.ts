import { LoyalNestError } from '@loyalnest/core';

/**
 * Postgres refused a value: text with U+0000, a number or a time out of range, or a key that is too
 * long for its index. Nothing was committed. The last fence behind validation, so that a value that
 * no rule caught is answered with 400 and does not count against the database.
 */
export class ValueRefusedError extends LoyalNestError {
  readonly code = 'VALUE_REFUSED';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(cause: unknown) {
    super('the database refused a value of the request; check its text, numbers and times', {
      cause,
    });
  }
}

/**
 * SQLSTATE class 22, data exception, and 54000, which an index answers to a key above 2,704 bytes
 * (PostgreSQL, Appendix A).
 */
const REFUSED = /^(22...|54000)$/;

/** Whether an error of Postgres speaks about a value and not about the database. */
export function refusedValue(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && REFUSED.test(code);
}
