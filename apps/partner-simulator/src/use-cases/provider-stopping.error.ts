import { LoyalNestError } from '@loyalnest/core';
import type { Channel } from '../domain/channel.js';

/** The simulator is shutting down, so a provider did not deliver the message. */
export class ProviderStoppingError extends LoyalNestError {
  readonly code = 'PROVIDER_STOPPING';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly channel: Channel) {
    super(`the ${channel} provider is shutting down; nothing was delivered`);
  }
}
