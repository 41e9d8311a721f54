import { isLoyalNestError } from '@loyalnest/core';
import { UnrecoverableError } from 'bullmq';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/**
 * Ends a job for good. The reason stands in brackets before the message, which BullMQ stores in the
 * same script that moves the job to the failed set: nothing else has to be written for it.
 */
export function terminalFailure(reason: DeadLetterReason, cause: unknown): UnrecoverableError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const failure = new UnrecoverableError(`[${reason}] ${text}`);
  if (cause instanceof Error && cause.stack) failure.stack = cause.stack;
  return failure;
}

/** An error that says it will not pass, and names no time to come back, needs no other run. */
export function isFinal(error: unknown): boolean {
  if (error instanceof UnrecoverableError) return true;
  return isLoyalNestError(error) && !error.retryable && error.retryAfterMs === undefined;
}
