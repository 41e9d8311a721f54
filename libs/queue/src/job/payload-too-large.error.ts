import { LoyalNestError } from '@loyalnest/core';

/** The payload's JSON is larger than `payloadLimitBytes`, so the job was not enqueued. */
export class PayloadTooLargeError extends LoyalNestError {
  readonly code = 'PAYLOAD_TOO_LARGE';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly job: string,
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(
      `payload of ${job} has ${sizeBytes} bytes, more than ${limitBytes}; ` +
        'store the data elsewhere and enqueue a reference to it',
    );
  }
}
