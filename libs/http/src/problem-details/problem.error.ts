import { LoyalNestError, type ErrorCategory, type LoyalNestErrorOptions } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { ProblemIssue } from './problem.js';

/** Options of a {@link ProblemError}. */
export interface ProblemErrorOptions extends LoyalNestErrorOptions {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable code for programs, such as `UNKNOWN_TOPIC`. */
  readonly code: string;
  /** What happened and what the caller can do. It is sent unchanged. */
  readonly detail: string;
  /** URI of the kind of problem. @defaultValue the module's `typeBase` plus the code */
  readonly type?: string;
  readonly errors?: readonly ProblemIssue[];
}

const CATEGORIES: Readonly<Record<number, ErrorCategory>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'rate-limited',
  500: 'internal',
  503: 'unavailable',
  504: 'timeout',
};

/** Returns the category of the errors with this HTTP status. */
export function categoryOfStatus(status: number): ErrorCategory {
  return CATEGORIES[status] ?? (status < 500 ? 'invalid' : 'unavailable');
}

/** An error that you throw in the HTTP layer. It is sent with your status, code and detail. */
export class ProblemError extends LoyalNestError {
  readonly status: number;
  readonly code: string;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly type?: string;
  readonly errors?: readonly ProblemIssue[];

  constructor({ status, code, detail, type, errors, ...options }: ProblemErrorOptions) {
    super(detail, options);
    this.status = wholeNumber('ProblemError.status', status, { min: 400, max: 599 });
    this.code = code;
    this.category = categoryOfStatus(status);
    this.retryable = status === 429 || status === 503;
    if (type !== undefined) this.type = type;
    if (errors !== undefined) this.errors = errors;
  }
}
