import { LoyalNestError } from '@loyalnest/core';

/** Why there was no answer. */
export type UnavailableReason =
  | 'connection-refused'
  | 'connection-lost'
  | 'connect-timeout'
  | 'unknown-host'
  | 'unreachable'
  | 'malformed-answer'
  | 'client-closed';

/** The server could not be reached, or the connection broke before the answer was complete. */
export class HttpUnavailableError extends LoyalNestError {
  readonly code = 'HTTP_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable: boolean;

  constructor(
    /** Method, origin and path; never the query. */
    readonly target: string,
    readonly reason: UnavailableReason,
    cause: unknown,
  ) {
    super(`${target} is unavailable: ${reason}`, { cause });
    this.retryable = reason !== 'client-closed';
  }
}
