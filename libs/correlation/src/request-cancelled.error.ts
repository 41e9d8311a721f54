import { LoyalNestError } from '@loyalnest/core';

/** Why a request's signal aborted before its response was sent. */
export type CancelReason = 'client-gone' | 'shutting-down';

const TEXT: Record<CancelReason, string> = {
  'client-gone': 'the client closed its connection before the response was sent',
  'shutting-down': 'the service is shutting down and has no more time for running requests',
};

/** Abort reason of the context's signals: the client disconnected or the service shuts down. */
export class RequestCancelledError extends LoyalNestError {
  readonly code = 'REQUEST_CANCELLED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(readonly reason: CancelReason) {
    super(`request cancelled: ${TEXT[reason]}`);
  }
}
