import { LoyalNestError } from '@loyalnest/core';

/** There is no queue of that name here. */
export class QueueNotFoundError extends LoyalNestError {
  readonly code = 'QUEUE_NOT_FOUND';
  readonly category = 'not-found';
  readonly retryable = false;

  constructor(
    readonly queue: string,
    readonly known: readonly string[],
    where: string,
  ) {
    const list = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none at all';
    super(`${where} has no queue '${queue}'; ${list}`);
  }
}
