import { LoyalNestError } from '@loyalnest/core';
import type { Channel } from '../domain/channel.js';

/** A request that a fault held back when the simulator was stopped. */
export class ProviderStoppingError extends LoyalNestError {
  readonly code = 'PROVIDER_STOPPING';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly channel: Channel) {
    super(`the ${channel} provider is being stopped; nothing was delivered`);
  }
}
