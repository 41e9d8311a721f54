import type { ErrorCategory } from '../../error/loyalnest.error.js';

const STATUSES: Readonly<Record<ErrorCategory, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

/** The status of RFC 9110 by which HTTP says what a category means; 500 for one of a newer copy. */
export function httpStatusOf(category: ErrorCategory): number {
  return STATUSES[category] ?? 500;
}
