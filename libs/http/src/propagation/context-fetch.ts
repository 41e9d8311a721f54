import { currentContext, writeContextHeaders } from '@loyalnest/core';
import { originMatcher, type PropagationOptions } from './known-origins.js';
import { redirectedRequest } from './redirected-request.js';

export interface ContextFetchOptions extends PropagationOptions {
  /** What sends the requests. @defaultValue Node's own */
  readonly fetch?: typeof fetch;
}

/** As many as the fetch standard allows. */
const MAX_REDIRECTS = 20;

/**
 * A `fetch` that carries the current request's context: its headers to known origins, unless the
 * call sets them itself, and for every origin its end. The call rejects with the reason of the
 * context's signal, or with a `TimeoutError` when the deadline is over; reading the body then too.
 * A redirect takes the headers along to known origins only.
 *
 * @throws OptionError for an origin that is none
 */
export function contextFetch({ fetch: send, ...options }: ContextFetchOptions): typeof fetch {
  const isKnown = originMatcher('contextFetch', options);
  return async (input, init) => {
    const fetching = send ?? fetch;
    const context = currentContext();
    if (!context) return fetching(input, init);
    const carried = Object.entries(writeContextHeaders(context));
    let request = new Request(input, init);
    const { signal, deadline } = context;
    const ends = [request.signal, ...(signal ? [signal] : [])];
    if (deadline) ends.push(AbortSignal.timeout(Math.floor(deadline.remainingMs)));
    const end = { signal: AbortSignal.any(ends) };
    const isFollowed = request.redirect === 'follow' && options.origins !== '*';
    const isStream = init?.body instanceof ReadableStream;
    for (let redirects = 0; ; redirects++) {
      if (!isKnown(new URL(request.url))) return fetching(request, end);
      const headers = new Headers(request.headers);
      for (const [name, value] of carried) if (!headers.has(name)) headers.set(name, value);
      if (!isFollowed) return fetching(request, { ...end, headers });
      // Another origin is asked without these headers, so the redirect must not follow by itself.
      const sent = request.body && !isStream ? request.clone() : request;
      const answer = await fetching(sent, { ...end, headers, redirect: 'manual' });
      const next = redirectedRequest(request, answer);
      if (!next) return answer;
      await answer.body?.cancel();
      if (redirects === MAX_REDIRECTS) throw new TypeError('redirected too often');
      request = next;
    }
  };
}
