import { isLoyalNestError } from '@loyalnest/core';
import { UnrecoverableError } from 'bullmq';
import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/**
 * The error that makes a job a dead letter without further attempts. Its message starts with the
 * reason in brackets. BullMQ stores the message in the script that moves the job to the failed set,
 * so the reason needs no write of its own.
 */
export function terminalFailure(reason: DeadLetterReason, cause: unknown): UnrecoverableError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const failure = new UnrecoverableError(`[${reason}] ${text}`);
  if (cause instanceof Error && cause.stack) failure.stack = cause.stack;
  return failure;
}

/** Whether another run is pointless: the error is not retryable and has no `retryAfterMs`. */
export function isFinal(error: unknown): boolean {
  if (error instanceof UnrecoverableError) return true;
  return isLoyalNestError(error) && !error.retryable && error.retryAfterMs === undefined;
}
