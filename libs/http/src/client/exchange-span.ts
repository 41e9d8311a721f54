import type { SpanDescription } from '@loyalnest/core';
import { httpMethodAttributes, httpSpanName } from '@loyalnest/core/toolkit';
import type { HttpRequest } from './http-request.js';
import { targetUrl } from './target-url.js';

/** Describes the span of an exchange after OpenTelemetry's conventions for HTTP clients. */
export function exchangeSpan({ url, method, body, json }: HttpRequest): SpanDescription {
  const { hostname, port, protocol, origin, pathname } = targetUrl(url);
  const verb = method ?? (body !== undefined || json !== undefined ? 'POST' : 'GET');
  return {
    name: httpSpanName(verb),
    attributes: {
      ...httpMethodAttributes(verb),
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      // Leaves out the query, which may hold secrets.
      'url.full': `${origin}${pathname}`,
    },
  };
}
