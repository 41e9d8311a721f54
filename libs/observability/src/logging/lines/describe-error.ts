import { isLoyalNestError } from '@loyalnest/core';

/** What a line says of an error that is part of the ordinary course: no stack. */
export function describeError(error: unknown): object {
  if (error === undefined) return {};
  if (isLoyalNestError(error)) return { code: error.code, reason: error.message };
  return { reason: error instanceof Error ? error.message : String(error) };
}
