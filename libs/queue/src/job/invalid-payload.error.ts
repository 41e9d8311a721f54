import { LoyalNestError } from '@loyalnest/core';

/** The payload does not match the job's definition. The job was not enqueued, or did not run. */
export class InvalidPayloadError extends LoyalNestError {
  readonly code = 'INVALID_PAYLOAD';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly job: string,
    /** One line per problem: the field's path and what is wrong with it. */
    readonly problems: readonly string[],
  ) {
    super(`payload of ${job}: ${problems.join('; ')}`);
  }
}
