import { LoyalNestError, type RequestPriority } from '@loyalnest/core';
import type { RefusalReason } from './overload.events.js';

/** The service had too much work to begin another request. Nothing was done. */
export class OverloadedError extends LoyalNestError {
  readonly code = 'OVERLOADED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(
    readonly priority: RequestPriority,
    readonly reason: RefusalReason,
    retryAfterMs: number,
  ) {
    super(`the service has too much work; try again in ${retryAfterMs} ms`, { retryAfterMs });
  }
}
