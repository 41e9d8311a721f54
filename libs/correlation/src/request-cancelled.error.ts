import { LoyalNestError } from '@loyalnest/core';

/** Why a request's signal aborted before its answer was sent. */
export type CancelReason = 'client-gone' | 'shutting-down';

const TEXT: Record<CancelReason, string> = {
  'client-gone': 'the client closed its connection before the answer was sent',
  'shutting-down': 'the service is shutting down and the time for running requests is over',
};

/** Reason of the context's signal when nobody waits for the answer any more. */
export class RequestCancelledError extends LoyalNestError {
  readonly code = 'REQUEST_CANCELLED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(readonly reason: CancelReason) {
    super(`request cancelled: ${TEXT[reason]}`);
  }
}
