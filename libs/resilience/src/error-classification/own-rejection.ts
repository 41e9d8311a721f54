import { isLoyalNestError } from '@loyalnest/core';

const CODES = new Set(['CIRCUIT_OPEN', 'BULKHEAD_FULL', 'RATE_LIMITED']);

/** Returns whether a policy of this process rejected the call without calling the dependency. */
export function isOwnRejection(error: unknown): boolean {
  return isLoyalNestError(error) && CODES.has(error.code);
}
