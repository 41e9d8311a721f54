import { LoyalNestError } from '@loyalnest/core';

/** The circuit is open: the call was not made. Built without a stack, as it is made in masses. */
export class CircuitOpenError extends LoyalNestError {
  readonly code = 'CIRCUIT_OPEN';
  readonly category = 'unavailable';
  /** A retry would only knock at the same closed door; `retryAfterMs` says when it may open. */
  readonly retryable = false;

  constructor(
    readonly policy: string,
    retryAfterMs: number,
  ) {
    super(`circuit ${policy} is open; the next call is let through in ${retryAfterMs} ms`, {
      retryAfterMs,
    });
  }

  static create(policy: string, retryAfterMs: number): CircuitOpenError {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return new CircuitOpenError(policy, retryAfterMs);
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}
