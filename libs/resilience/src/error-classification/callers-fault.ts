import { isLoyalNestError } from '@loyalnest/core';
import { httpStatusOf } from './http-status.js';

const CATEGORIES = new Set(['invalid', 'conflict', 'not-found', 'forbidden', 'unauthenticated']);

/**
 * Returns whether the call caused the error, so that a healthy dependency would return it too. LoyalNest
 * errors are classified by category, others by HTTP status: 4xx except 408 and 429.
 */
export function isCallersFault(error: unknown): boolean {
  if (isLoyalNestError(error)) return CATEGORIES.has(error.category);
  const status = httpStatusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
