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

/** Returns the HTTP status (RFC 9110) of a category; 500 for a category of a newer copy of this package. */
export function httpStatusOf(category: ErrorCategory): number {
  return STATUSES[category] ?? 500;
}
