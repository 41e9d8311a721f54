import { LoyalNestError } from '@loyalnest/core';

interface Request {
  readonly method?: string;
  readonly url?: string;
}

/** The route gave no answer before the deadline of its request. What it had begun may still happen. */
export class DeadlineExceededError extends LoyalNestError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly category = 'timeout';
  readonly retryable = true;
  /** Method and path of the request, without its query. */
  readonly target: string;

  constructor(
    { method, url = '/' }: Request,
    /** What was left of the deadline when the request came. */
    readonly timeoutMs: number,
  ) {
    const target = `${method} ${url.split('?', 1)[0]}`;
    super(`${target} gave no answer within the ${Math.round(timeoutMs)} ms that its caller waits`);
    this.target = target;
  }
}
