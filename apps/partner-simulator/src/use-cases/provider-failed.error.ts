import { LoyalNestError } from '@loyalnest/core';
import type { Channel } from '../domain/channel.js';

/** The provider refuses a request because its fault says so. */
export class ProviderFailedError extends LoyalNestError {
  readonly code = 'PROVIDER_FAILED';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly channel: Channel) {
    super(`the ${channel} provider is out of order; DELETE /faults repairs it`);
  }
}
