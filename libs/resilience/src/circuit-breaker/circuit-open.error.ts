import { LoyalNestError } from '@loyalnest/core';

/**
 * The circuit is open, so the call was not made. The error has no stack, because it is created in
 * large numbers.
 */
export class CircuitOpenError extends LoyalNestError {
  readonly code = 'CIRCUIT_OPEN';
  readonly category = 'unavailable';
  /** A retry would be rejected too; `retryAfterMs` says when a call may pass. */
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
