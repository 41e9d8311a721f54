import { LoyalNestError } from '@loyalnest/core';

export interface InputProblem {
  /** Field of the query or the body, such as `filter.reason`. */
  readonly path: string;
  readonly message: string;
}

/** The query or the body of a request to the admin API is invalid. */
export class AdminInputError extends LoyalNestError {
  readonly code = 'ADMIN_INPUT';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(readonly problems: readonly InputProblem[]) {
    super(`the request is invalid: ${problems.map(({ message }) => message).join('; ')}`);
  }
}
