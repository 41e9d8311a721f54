import { LoyalNestError } from '@loyalnest/core';
import type { ShutdownCause } from './graceful-shutdown.events.js';

/** Reason of the drain signal: the process has begun to end, another instance can do the work. */
export class DrainingError extends LoyalNestError {
  readonly code = 'DRAINING';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly shutdownCause: ShutdownCause) {
    super(`the process ends after ${shutdownCause}: begin nothing new here`);
  }
}
