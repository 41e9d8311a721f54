import { LoyalNestError } from '@loyalnest/core';

/** A payload that its job's definition does not allow. It was not enqueued, or not run. */
export class InvalidPayloadError extends LoyalNestError {
  readonly code = 'INVALID_PAYLOAD';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly job: string,
    /** One line per wrong field: its path and what is wrong with it. */
    readonly problems: readonly string[],
  ) {
    super(`payload of ${job}: ${problems.join('; ')}`);
  }
}
