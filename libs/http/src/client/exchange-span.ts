import type { SpanDescription } from '@loyalnest/core';
import type { HttpRequest } from './http-request.js';

/** What an exchange's span says, after OpenTelemetry's conventions for HTTP clients. */
export function exchangeSpan({ url, method, body, json }: HttpRequest): SpanDescription {
  const { hostname, port, protocol, origin, pathname } = new URL(url);
  const verb = method ?? (body !== undefined || json !== undefined ? 'POST' : 'GET');
  return {
    name: verb,
    attributes: {
      'http.request.method': verb,
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      // The query may hold secrets.
      'url.full': `${origin}${pathname}`,
    },
  };
}
