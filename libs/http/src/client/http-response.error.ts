import { LoyalNestError, type ErrorCategory } from '@loyalnest/core';
import type { HttpResponse } from './http-response.js';

const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

const CATEGORIES: Readonly<Record<number, ErrorCategory>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
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
    this.retryable = RETRYABLE.has(this.status);
    // The body may hold personal data, and loggers print every enumerable property.
    Object.defineProperty(this, 'response', { enumerable: false });
  }
}
