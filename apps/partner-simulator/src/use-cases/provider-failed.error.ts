import { LoyalNestError } from '@loyalnest/core';
import type { Channel } from '../domain/channel.js';

/** A provider failed the request because a fault is active. */
export class ProviderFailedError extends LoyalNestError {
  readonly code = 'PROVIDER_FAILED';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly channel: Channel) {
    super(`the ${channel} provider is out of order; send DELETE /faults to repair it`);
  }
}
