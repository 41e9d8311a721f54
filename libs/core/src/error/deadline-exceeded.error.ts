import { LoyalNestError } from './loyalnest.error.js';

/**
 * Something was not done before its deadline. What had begun may still take effect, unless
 * `deadlineMs` is 0: then the deadline had passed before it began. Retryable, because a later call
 * has a deadline of its own; nothing retries within the deadline that has passed.
 */
export class DeadlineExceededError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    /** What was not done: `SmsClient.send`, `GET /v1/accounts/7` without its query, `Postgres`. */
    readonly target: string,
    /** Time that was left when it began; 0 if it did not begin. */
    readonly deadlineMs: number,
  ) {
    super(
      deadlineMs > 0
        ? `${target} did not end within its deadline of ${Math.round(deadlineMs)} ms`
        : `${target} did not begin, because its deadline had passed; try again`,
    );
  }
}
