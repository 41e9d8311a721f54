import { isLoyalNestError } from '@loyalnest/core';
import { httpStatusOf } from './http-status.js';

const CATEGORIES = new Set(['invalid', 'conflict', 'not-found', 'forbidden', 'unauthenticated']);

/**
 * Whether an error tells of the call and not of the dependency: it would come from a healthy one
 * too. Errors of the suite by category, others by an HTTP status 4xx but 408 and 429.
 */
export function isCallersFault(error: unknown): boolean {
  if (isLoyalNestError(error)) return CATEGORIES.has(error.category);
  const status = httpStatusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
