import { LoyalNestError } from '@loyalnest/core';

/** The merchant's plan has no slot within its `maxDelay`, so the job was not stored. */
export class JobThrottledError extends LoyalNestError {
  readonly code = 'JOB_THROTTLED';
  readonly category = 'rate-limited';
  readonly retryable = true;
  declare readonly retryAfterMs: number;

  constructor(
    readonly queue: string,
    readonly job: string,
    retryAfterMs: number,
  ) {
    super(
      `${job} exceeds the merchant's plan for queue '${queue}'; enqueue it again in ${retryAfterMs} ms`,
      { retryAfterMs },
    );
  }
}
