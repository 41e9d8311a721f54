import type { RequestContext } from '@loyalnest/core';
import { BoundAbortController, MAX_TIMER_MS } from '@loyalnest/core/toolkit';

/**
 * Returns a signal that aborts when the context's signal or the call's own signal does, or at the
 * context's deadline, with a `TimeoutError`. It is aborted already if one of them has passed.
 */
export function callEnd(
  { signal, deadline }: RequestContext,
  own: AbortSignal | undefined,
): AbortSignal {
  const ends = [signal, own].flatMap((end) => (end ? [nativeSignal(end)] : []));
  if (deadline) {
    const leftMs = Math.floor(deadline.remainingMs);
    ends.push(
      leftMs === 0
        ? AbortSignal.abort(new DOMException('Timed out: the deadline has passed', 'TimeoutError'))
        : AbortSignal.timeout(Math.min(leftMs, MAX_TIMER_MS)),
    );
  }
  return AbortSignal.any(ends);
}

/** `AbortSignal.any` refuses signals of other implementations. */
function nativeSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const foreign = signal as AbortSignal;
  const controller = new BoundAbortController();
  const abort = (): void => controller.abort(foreign.reason);
  if (foreign.aborted) abort();
  else foreign.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
