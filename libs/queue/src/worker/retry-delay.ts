import { isLoyalNestError } from '@loyalnest/core';
import type { JobDefinition } from '../job/job-definition.js';

const DEFAULT_BACKOFF_MS = 1_000;

/** The longer of the definition's backoff and the error's `retryAfterMs`. */
export function retryDelayMs(
  definition: JobDefinition | undefined,
  attemptsMade: number,
  error: unknown,
): number {
  const delayMs = definition ? definition.backoff(attemptsMade) : DEFAULT_BACKOFF_MS;
  const retryAfterMs = isLoyalNestError(error) ? (error.retryAfterMs ?? 0) : 0;
  return Math.ceil(Math.max(delayMs, retryAfterMs));
}
