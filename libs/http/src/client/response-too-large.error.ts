import { LoyalNestError } from '@loyalnest/core';

/** The answer is larger than allowed. The rest was not read. */
export class ResponseTooLargeError extends LoyalNestError {
  readonly code = 'HTTP_RESPONSE_TOO_LARGE';
  readonly category = 'internal';
  readonly retryable = false;

  constructor(
    /** Method, origin and path; never the query. */
    readonly target: string,
    readonly maxResponseBytes: number,
  ) {
    super(
      `${target} answered more than ${maxResponseBytes} bytes; ` +
        'raise maxResponseBytes if that is expected',
    );
  }
}
