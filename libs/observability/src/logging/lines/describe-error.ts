import { isLoyalNestError } from '@loyalnest/core';

/** Returns the fields of an expected error. They contain no stack. */
export function describeError(error: unknown): object {
  if (error === undefined) return {};
  if (isLoyalNestError(error)) return { code: error.code, reason: error.message };
  return { reason: error instanceof Error ? error.message : String(error) };
}
