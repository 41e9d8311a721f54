import { LoyalNestError } from '@loyalnest/core';

/**
 * Redis did not answer in time, or could not execute the command. The job may or may not be stored:
 * enqueue it again with the same idempotency key.
 */
export class QueueUnavailableError extends LoyalNestError {
  readonly code = 'QUEUE_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly timeoutMs: number,
    cause: unknown,
  ) {
    super(`queue '${queue}' did not answer within ${timeoutMs} ms; is Redis up?`, {
      cause: withoutCommand(cause),
    });
  }
}

/** ioredis attaches the command to its errors, and with it the payload. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}
