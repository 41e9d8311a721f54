import { LoyalNestError } from '@loyalnest/core';

/** Redis did not take the job in time. It may or may not be there: enqueue again with the same key. */
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

/** The client puts a command with its arguments, and so the payload, onto its errors. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}
