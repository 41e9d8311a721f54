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
 * Returns the request that follows a redirect, by the rules of
 * https://fetch.spec.whatwg.org/#http-redirect-fetch. Undefined if the answer is not a redirect.
 *
 * @param request the answered request, with its body unread
 * @throws TypeError for a location that is not HTTP
 */
export function redirectedRequest(request: Request, answer: Response): Request | undefined {
  const location = answer.headers.get('location');
  if (!REDIRECTS.includes(answer.status) || location === null) return undefined;
  const [from, to] = [new URL(request.url), new URL(location, request.url)];
  if (!/^https?:$/.test(to.protocol)) throw new TypeError(`redirected to ${to.protocol}`);
  const headers = new Headers(request.headers);
  if (to.origin !== from.origin) for (const name of ORIGIN_HEADERS) headers.delete(name);
  const { method, signal } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const turnsToGet =
    (answer.status === 303 && !isRead) || (answer.status < 303 && method === 'POST');
  if (!turnsToGet) return new Request(to, new Request(request, { headers }));
  for (const name of BODY_HEADERS) headers.delete(name);
  return new Request(to, { method: 'GET', headers, signal });
}
