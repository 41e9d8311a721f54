import type { OpenSpan, SpanDescription } from '@loyalnest/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

interface RoutedByExpress extends IncomingMessage {
  readonly route?: { readonly path?: unknown };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

/** Tells what a request's span says, after OpenTelemetry's conventions for HTTP servers. */
export class RequestSpans {
  private readonly routes = new WeakMap<IncomingMessage, string>();

  /** @param route as Fastify tells it on the way in, and only there */
  noteRoute(req: IncomingMessage, route: string | undefined): void {
    if (route !== undefined) this.routes.set(req, route);
  }

  describe(req: IncomingMessage): SpanDescription {
    const { url = '/', headers, socket } = req;
    const query = url.indexOf('?');
    return {
      name: methodOf(req),
      attributes: {
        'http.request.method': methodOf(req),
        'url.path': query < 0 ? url : url.slice(0, query),
        'url.scheme': (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http',
        'server.address': headers.host?.replace(/:\d+$/, ''),
        'network.protocol.version': req.httpVersion,
      },
    };
  }

  /** What is known once the answer has ended, or its connection. */
  complete(span: OpenSpan, req: IncomingMessage, res: ServerResponse): void {
    const route = this.routeOf(req);
    if (route !== undefined) {
      span.rename(`${methodOf(req)} ${route}`);
      span.set({ 'http.route': route });
    }
    if (!res.writableFinished) {
      span.fail('client_gone');
      return;
    }
    span.set({ 'http.response.status_code': res.statusCode });
    // A request that the client got wrong is no failure of the server.
    if (res.statusCode >= 500) span.fail(String(res.statusCode));
  }

  private routeOf(req: RoutedByExpress): string | undefined {
    const template = this.routes.get(req) ?? req.route?.path;
    return typeof template === 'string' ? template : undefined;
  }
}

/** Clients may send any word. */
function methodOf({ method = '' }: IncomingMessage): string {
  return METHODS.includes(method) ? method : 'HTTP';
}
