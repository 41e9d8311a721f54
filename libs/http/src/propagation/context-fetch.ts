import { currentContext, writeContextHeaders, type RequestContext } from '@loyalnest/core';
import { callEnd } from './call-end.js';
import { originMatcher, type PropagationOptions } from './known-origins.js';
import { argumentsOf, outgoingRequest, redirectedRequest } from './outgoing-request.js';

/** Options of {@link contextFetch}. */
export interface ContextFetchOptions extends PropagationOptions {
  /**
   * The function that sends the requests, such as the `fetch` of undici or of node-fetch. It gets an
   * address and plain options. @defaultValue Node's `fetch`
   */
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
    let request = outgoingRequest(input, init, send === undefined);
    const signal = callEnd(context, request.signal);
    const isFollowed = request.redirect === 'follow' && options.origins !== '*';
    for (let redirects = 0; ; redirects++) {
      signal.throwIfAborted();
      if (!isKnown(request.url)) return fetching(...argumentsOf(request, { signal }));
      const sent = { ...request, headers: withContext(request.headers, context) };
      if (!isFollowed) return fetching(...argumentsOf(sent, { signal }));
      // Another origin must not get these headers, so `fetch` must not follow the redirect itself.
      const answer = await fetching(...argumentsOf(sent, { signal, redirect: 'manual' }));
      const next = redirectedRequest(request, answer);
      if (!next) return answer;
      await discard(answer.body);
      if (redirects === MAX_REDIRECTS) throw new TypeError('redirected too often');
      request = next;
    }
  };
}

/** The deadline is sent as remaining time, so it is read when the request is sent. */
function withContext(given: Headers, context: RequestContext): Headers {
  const headers = new Headers(given);
  for (const [name, value] of Object.entries(writeContextHeaders(context))) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return headers;
}

/** Frees the connection. The body is a stream of Node in `node-fetch`. */
async function discard(body: unknown): Promise<void> {
  const stream = body as { cancel?(): Promise<void>; destroy?(): void } | null;
  if (stream?.cancel) await stream.cancel();
  else stream?.destroy?.();
}
