import type { SpanAttributes } from './span-tracer.js';

/** The methods of RFC 9110, PATCH and QUERY. */
const KNOWN: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);
const UNKNOWN = '_OTHER';

/**
 * Returns the method of a request, or `_OTHER` for one that OpenTelemetry's conventions for HTTP do
 * not list. A client may send any word, so this keeps metrics and span names to few values. Methods
 * are case-sensitive.
 */
export function knownHttpMethod(method: string | undefined): string {
  return method !== undefined && KNOWN.has(method) ? method : UNKNOWN;
}

/** Returns the attributes of a span for a method. An unknown method is kept as the original. */
export function httpMethodAttributes(method: string | undefined): SpanAttributes {
  const known = knownHttpMethod(method);
  return {
    'http.request.method': known,
    ...(known === UNKNOWN && { 'http.request.method_original': method }),
  };
}

/**
 * Returns the name of an HTTP span: the method, with the route's template if it is known. The
 * conventions replace an unknown method by `HTTP` here.
 */
export function httpSpanName(method: string | undefined, route?: string): string {
  const known = knownHttpMethod(method);
  const name = known === UNKNOWN ? 'HTTP' : known;
  return route === undefined ? name : `${name} ${route}`;
}
