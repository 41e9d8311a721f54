import { ProblemError } from '../problem-details/problem.error.js';
import type { ProblemIssue } from '../problem-details/problem.js';

/** A body, query or parameter breaks the rules of its class. */
export class ValidationFailedError extends ProblemError {
  constructor(errors: readonly ProblemIssue[]) {
    super({
      status: 400,
      code: 'VALIDATION_FAILED',
      detail: 'The request does not have the expected content; see errors.',
      errors,
    });
  }
}
