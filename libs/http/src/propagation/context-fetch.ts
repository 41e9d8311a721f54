import { currentContext, writeContextHeaders } from '@loyalnest/core';
import { originMatcher, type PropagationOptions } from './known-origins.js';
import { redirectedRequest } from './redirected-request.js';

/** Options of {@link contextFetch}. */
export interface ContextFetchOptions extends PropagationOptions {
  /** The function that sends the requests. @defaultValue Node's `fetch` */
  readonly fetch?: typeof fetch;
}

/** The limit of the fetch standard. */
const MAX_REDIRECTS = 20;

/**
 * Returns a `fetch` that sends the headers of the request context to known origins, also after a
 * redirect. Headers of the call take precedence. Calls to every origin end with the context: they
 * reject with the reason of its signal, or with a `TimeoutError` at its deadline. So does reading the
 * body.
 *
 * @throws OptionError for an invalid origin
 */
export function contextFetch({ fetch: send, ...options }: ContextFetchOptions): typeof fetch {
  const isKnown = originMatcher('contextFetch', options);
  return async (input, init) => {
    const fetching = send ?? fetch;
    const context = currentContext();
    if (!context) return fetching(input, init);
    const contextHeaders = Object.entries(writeContextHeaders(context));
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
      for (const [name, value] of contextHeaders) if (!headers.has(name)) headers.set(name, value);
      if (!isFollowed) return fetching(request, { ...end, headers });
      // Another origin must not get these headers, so `fetch` must not follow the redirect itself.
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
