import type { OpenSpan, SpanDescription } from '@loyalnest/core';
import { httpMethodAttributes, httpSpanName, isResponseSent } from '@loyalnest/core/toolkit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

interface RoutedByExpress extends IncomingMessage {
  readonly route?: { readonly path?: unknown };
}

/** Describes the span of a request after OpenTelemetry's conventions for HTTP servers. */
export class RequestSpans {
  private readonly routes = new WeakMap<IncomingMessage, string>();

  /** @param route the template. Fastify reports it when the request comes in, and not later. */
  noteRoute(req: IncomingMessage, route: string | undefined): void {
    if (route !== undefined) this.routes.set(req, route);
  }

  /** The span at its start, when Express does not know the route yet. */
  describe(req: IncomingMessage): SpanDescription {
    const { method, url = '/', headers, socket } = req;
    const query = url.indexOf('?');
    return {
      name: httpSpanName(method),
      attributes: {
        ...httpMethodAttributes(method),
        'url.path': query < 0 ? url : url.slice(0, query),
        'url.scheme': (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http',
        'server.address': headers.host?.replace(/:\d+$/, ''),
        'network.protocol.version': req.httpVersion,
      },
    };
  }

  /** Completes the span when the response or its connection has ended. */
  complete(span: OpenSpan, req: IncomingMessage, res: ServerResponse): void {
    const route = this.routeOf(req);
    if (route !== undefined) {
      span.rename(httpSpanName(req.method, route));
      span.set({ 'http.route': route });
    }
    if (!isResponseSent(res)) {
      span.fail('client_gone');
      return;
    }
    span.set({ 'http.response.status_code': res.statusCode });
    // A client's mistake (4xx) is not a failure of the server.
    if (res.statusCode >= 500) span.fail(String(res.statusCode));
  }

  private routeOf(req: RoutedByExpress): string | undefined {
    const template = this.routes.get(req) ?? req.route?.path;
    return typeof template === 'string' ? template : undefined;
  }
}
