type Redirect = NonNullable<RequestInit['redirect']>;
type Body = NonNullable<RequestInit['body']>;

/** A request object of any implementation of `fetch`. */
interface RequestLike {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal?: AbortSignal | null;
  readonly redirect?: Redirect;
  clone(): RequestLike;
}

/** What one call of `fetch` gets: an address and options that every implementation understands. */
export interface OutgoingRequest {
  /** A request object only if the implementation that sends it made it. */
  readonly target: string | RequestLike;
  readonly url: URL;
  readonly init: RequestInit;
  readonly method: string;
  readonly headers: Headers;
  readonly redirect: Redirect;
  readonly signal: AbortSignal | undefined;
  /** Whether the body can be sent once only. */
  readonly isStream: boolean;
}

const REDIRECTS = [301, 302, 303, 307, 308];
/** Headers that describe a body, which is not sent again. */
const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
];
/** Headers that only the original origin may get. */
const ORIGIN_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'host'];

/**
 * Reads the arguments of a call of `fetch` without making a `Request`, because the classes of one
 * implementation are refused by another: `undici.fetch` accepts no `Request` of Node.
 *
 * @param isNative whether Node's own `fetch` sends the request
 * @throws TypeError for an invalid URL or invalid headers, as `fetch` does
 */
export function outgoingRequest(
  input: string | URL | RequestLike,
  init: RequestInit | undefined,
  isNative: boolean,
): OutgoingRequest {
  const request = isRequest(input) ? input : undefined;
  const { signal, redirect, method } = init ?? {};
  const chosen = signal === undefined ? request?.signal : signal;
  const ofNode = request instanceof Request;
  return {
    target: request && ofNode === isNative ? request : (request?.url ?? String(input)),
    url: new URL(request?.url ?? String(input)),
    init: request && ofNode !== isNative ? { ...optionsOf(request), ...init } : { ...init },
    method: (method ?? request?.method ?? 'GET').toUpperCase(),
    headers: new Headers(init?.headers ?? (request && [...request.headers])),
    redirect: redirect ?? request?.redirect ?? 'follow',
    signal: chosen ?? undefined,
    isStream: isStream(init?.body),
  };
}

/** What `fetch` is called with. The body of a request object stays unread, so it can be sent again. */
export function argumentsOf(
  { target, init, headers }: OutgoingRequest,
  more: RequestInit,
): [string, RequestInit] {
  const { body } = init;
  const isForeign = isRequest(body);
  const sent = typeof target === 'string' ? target : target.body ? target.clone() : target;
  const content = isForeign ? { body: body.clone().body as Body, duplex: 'half' as const } : {};
  const plain = Object.fromEntries(headers);
  // Every implementation takes a plain object; `fetch` is declared for its own Request only.
  return [sent as string, { ...init, ...content, headers: plain, ...more }];
}

/**
 * Returns the request that follows a redirect, by the rules of
 * https://fetch.spec.whatwg.org/#http-redirect-fetch. Undefined if the answer is not a redirect.
 *
 * @throws TypeError for a location that is not HTTP, and for a streamed body that must be sent again
 */
export function redirectedRequest(
  request: OutgoingRequest,
  answer: Response,
): OutgoingRequest | undefined {
  const location = answer.headers.get('location');
  if (!REDIRECTS.includes(answer.status) || location === null) return undefined;
  const url = new URL(location, request.url);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`redirected to ${url.protocol}`);
  const headers = new Headers(request.headers);
  if (url.origin !== request.url.origin) for (const name of ORIGIN_HEADERS) headers.delete(name);
  const { method, target } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const turnsToGet =
    (answer.status === 303 && !isRead) || (answer.status < 303 && method === 'POST');
  const { body, ...options } = request.init;
  const next = { ...request, target: url.href, url, headers };
  if (turnsToGet) {
    for (const name of BODY_HEADERS) headers.delete(name);
    return { ...next, method: 'GET', init: { ...options, method: 'GET' } };
  }
  if (request.isStream) throw new TypeError('redirected after its streamed body was sent');
  const source = body ?? (typeof target !== 'string' && target.body ? target : undefined);
  const content = source === undefined ? {} : { body: source as Body };
  return { ...next, init: { ...options, method, ...content } };
}

function isRequest(input: unknown): input is RequestLike {
  return (
    typeof input === 'object' &&
    input !== null &&
    'url' in input &&
    'clone' in input &&
    typeof input.clone === 'function'
  );
}

/** The body is replaced by the request itself, which is cloned each time that it is sent. */
function optionsOf(request: RequestLike): RequestInit {
  const { method } = request;
  return request.body ? { method, body: request as unknown as Body } : { method };
}

function isStream(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || isRequest(body)) return false;
  return (
    'getReader' in body || 'pipe' in body || (Symbol.asyncIterator in body && !('size' in body))
  );
}
