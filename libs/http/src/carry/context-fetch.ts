import { currentContext, writeContextHeaders } from '@loyalnest/core';
import { originMatcher, type CarryOptions } from './known-origins.js';

export interface ContextFetchOptions extends CarryOptions {
  /** What sends the requests. @defaultValue Node's own */
  readonly fetch?: typeof fetch;
}

/**
 * A `fetch` that carries the current request's context: its headers to known origins, unless the
 * call sets them itself, and for every origin its end. The call rejects with the reason of the
 * context's signal, or with a `TimeoutError` when the deadline is over; reading the body then too.
 *
 * @throws OptionError for an origin that is none
 */
export function contextFetch({ fetch: send, ...options }: ContextFetchOptions): typeof fetch {
  const isKnown = originMatcher('contextFetch', options);
  return async (input, init) => {
    const fetching = send ?? fetch;
    const context = currentContext();
    if (!context) return fetching(input, init);
    const request = new Request(input, init);
    if (isKnown(new URL(request.url))) {
      for (const [name, value] of Object.entries(writeContextHeaders(context))) {
        if (!request.headers.has(name)) request.headers.set(name, value);
      }
    }
    const { signal, deadline } = context;
    const ends = [request.signal, ...(signal ? [signal] : [])];
    if (deadline) ends.push(AbortSignal.timeout(Math.floor(deadline.remainingMs)));
    return fetching(request, { signal: AbortSignal.any(ends) });
  };
}
