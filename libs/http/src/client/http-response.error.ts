import { LoyalNestError, type DeadlineSource, type ErrorCategory } from '@loyalnest/core';
import { classifyStatus } from '@loyalnest/core/toolkit';
import type { HttpResponse } from './http-response.js';

const CATEGORIES: Readonly<Record<number, ErrorCategory>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  407: 'forbidden',
  408: 'timeout',
  409: 'conflict',
  410: 'not-found',
  412: 'conflict',
  429: 'rate-limited',
  504: 'timeout',
};

/** The server answered with a status that counts as an error. */
export class HttpResponseError extends LoyalNestError {
  readonly code = 'HTTP_RESPONSE';
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  readonly status: number;
  /** The `code` of its problem details, such as `OVERLOADED`; undefined if it has none. */
  readonly problemCode: string | undefined;
  /** Who set the deadline that the request carried. A 504 may answer the caller's. */
  readonly deadlineSource: DeadlineSource;

  constructor(
    /** Method, origin and path; never the query. */
    readonly target: string,
    /** The whole answer, for callers that read its problem details. */
    readonly response: HttpResponse,
    retryAfterMs: number | undefined,
  ) {
    super(`${target} answered ${response.status}`, { retryAfterMs });
    this.status = response.status;
    this.category = CATEGORIES[this.status] ?? (this.status < 500 ? 'invalid' : 'unavailable');
    this.retryable = classifyStatus(this.status).retryable;
    this.problemCode = response.problemCode;
    this.deadlineSource = response.deadlineSource;
    // The body may hold personal data, and loggers print every enumerable property.
    Object.defineProperty(this, 'response', { enumerable: false });
  }
}
