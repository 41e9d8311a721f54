import type { DeadlineSource } from '../context/deadline.js';
import { LoyalNestError } from './loyalnest.error.js';

/**
 * An operation did not end before its deadline. It may still take effect, unless `deadlineMs` is 0: then
 * the deadline had passed before it began. Retryable, because a later call has its own deadline; nothing
 * retries within a deadline that has passed.
 */
export class DeadlineExceededError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    /** The operation: `SmsClient.send`, `GET /v1/accounts/7` (never with a query), `Postgres`. */
    readonly target: string,
    /** Time left when the operation began; 0 if it did not begin. */
    readonly deadlineMs: number,
    /** Who set the deadline. Breakers do not count a call that a caller's deadline ended. */
    readonly deadlineSource: DeadlineSource = 'own',
  ) {
    super(
      deadlineMs > 0
        ? `${target} did not end within its deadline of ${Math.round(deadlineMs)} ms`
        : `${target} did not begin, because its deadline had passed; try again`,
    );
  }
}
