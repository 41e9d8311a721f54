import { currentContext } from '@loyalnest/core';

/**
 * The signal of the running attempt: it aborts when the attempt times out, the caller goes away or
 * its deadline passes. Pass it to everything that can be cancelled. Undefined outside of a call.
 */
export function currentSignal(): AbortSignal | undefined {
  return currentContext()?.signal;
}
