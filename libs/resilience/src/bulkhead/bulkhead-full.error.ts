import { LoyalNestError } from '@loyalnest/core';

/** All slots were taken, and the queue was full or the call waited too long in it. */
export class BulkheadFullError extends LoyalNestError {
  readonly code = 'BULKHEAD_FULL';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(
    readonly policy: string,
    readonly reason: 'queue-full' | 'waited-too-long',
    /** How many calls could run at that moment. */
    readonly maxConcurrent: number,
    retryAfterMs: number,
  ) {
    const why = reason === 'queue-full' ? 'and its queue is full' : 'and none ended in time';
    super(`${policy} already runs ${maxConcurrent} calls ${why}; try again later`, {
      retryAfterMs,
    });
  }
}
