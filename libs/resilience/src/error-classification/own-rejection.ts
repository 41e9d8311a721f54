import { isLoyalNestError } from '@loyalnest/core';

const CODES = new Set(['CIRCUIT_OPEN', 'BULKHEAD_FULL', 'RATE_LIMITED']);

/** Whether a policy of this process rejected the call, so the dependency was not called. */
export function isOwnRejection(error: unknown): boolean {
  return isLoyalNestError(error) && CODES.has(error.code);
}
