import { LoyalNestError, type ErrorCategory, type LoyalNestErrorOptions } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { ProblemIssue } from './problem.js';

export interface ProblemErrorOptions extends LoyalNestErrorOptions {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable word for programs, such as `UNKNOWN_TOPIC`. */
  readonly code: string;
  /** What happened and what to do, for the caller. It is sent as it is. */
  readonly detail: string;
  /** URI of the kind of problem. @defaultValue made of the module's `typeBase` and the code */
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

/** An error whose answer the application words itself. Thrown at the HTTP edge. */
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
    this.category = CATEGORIES[status] ?? (status < 500 ? 'invalid' : 'unavailable');
    this.retryable = status === 429 || status === 503;
    if (type !== undefined) this.type = type;
    if (errors !== undefined) this.errors = errors;
  }
}
