import { LoyalNestError } from '@loyalnest/core';

/** No queue has this name here. */
export class QueueNotFoundError extends LoyalNestError {
  readonly code = 'QUEUE_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly known: readonly string[],
    where: string,
  ) {
    const list = known.length > 0 ? `there are ${known.join(', ')}` : 'there are no queues';
    super(`${where} has no queue '${queue}'; ${list}`);
  }
}
