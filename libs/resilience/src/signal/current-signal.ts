import { currentContext } from '@loyalnest/core';

/**
 * The signal of the running attempt. It aborts when the attempt times out, the caller aborts or the
 * deadline passes. Pass it to everything that can be cancelled. Undefined outside a call.
 */
export function currentSignal(): AbortSignal | undefined {
  return currentContext()?.signal;
}
