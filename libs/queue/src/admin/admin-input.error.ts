import { LoyalNestError } from '@loyalnest/core';

export interface InputProblem {
  /** Field of the query or the body. */
  readonly path: string;
  readonly message: string;
}

/** A query or a body of the admin API breaks its rules. */
export class AdminInputError extends LoyalNestError {
  readonly code = 'ADMIN_INPUT';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(readonly problems: readonly InputProblem[]) {
    super(`the request was not understood: ${problems.map(({ message }) => message).join('; ')}`);
  }
}
