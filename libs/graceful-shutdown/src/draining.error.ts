import { LoyalNestError } from '@loyalnest/core';
import type { ShutdownCause } from './graceful-shutdown.events.js';

/** Reason of the drain signal: this process is shutting down, another instance can do the work. */
export class DrainingError extends LoyalNestError {
  readonly code = 'DRAINING';
  readonly category = 'unavailable';
  readonly retryable = true;

  constructor(readonly shutdownCause: ShutdownCause) {
    super(`the process is shutting down (${shutdownCause}): start no new work here`);
  }
}
