import { LoyalNestError } from '@loyalnest/core';

/** The route gave no answer before the deadline of its request. What it had begun may still happen. */
export class DeadlineExceededError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    /** Method and path of the request. */
    readonly target: string,
    /** What was left of the deadline when the route began. */
    readonly timeoutMs: number,
  ) {
    super(`${target} gave no answer within the ${Math.round(timeoutMs)} ms that its caller waits`);
  }
}
