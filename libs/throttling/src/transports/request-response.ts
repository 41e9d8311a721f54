import type { ExecutionContext } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import type { ThrottledRequest } from '../throttled-request.js';
import type { WebSocketHandshakes } from './web-socket-handshakes.js';

/** What the guard needs of a request in any execution context. */
export interface RequestResponse {
  readonly req: Record<string, unknown>;
  readonly res: Record<string, unknown>;
}

/** The context of a GraphQL request: of Apollo, of Mercurius, or of a subscription of `graphql-ws`. */
interface GraphqlContext {
  readonly req?: RequestResponse['req'];
  readonly res?: RequestResponse['res'];
  readonly request?: RequestResponse['req'];
  readonly reply?: RequestResponse['res'] & { readonly request?: RequestResponse['req'] };
  readonly extra?: { readonly request?: RequestResponse['req'] };
}

/** A client of Socket.IO, or of `ws`. */
interface WebSocketClient {
  readonly handshake?: { readonly headers?: object; readonly address?: string };
  readonly _socket?: Duplex & { readonly remoteAddress?: string };
}

/** A request of which nothing is known. Limits that need its address do not count for it. */
const unknown = (): RequestResponse['req'] => ({ headers: {} });

/** Returns the HTTP request behind a GraphQL operation, and its response if there is one. */
export function ofGraphql(context: ExecutionContext): RequestResponse {
  const given = context.getArgByIndex<GraphqlContext | undefined>(2) ?? {};
  const { req, res, request, reply, extra } = given;
  const found = req ?? reply?.request ?? request ?? extra?.request;
  return { req: withHeaders(found), res: res ?? reply ?? {} };
}

/**
 * Returns the request that opened the WebSocket of a message. There is no response.
 *
 * @param readsHeaders whether headers decide about the address; an unknown handshake then says nothing
 */
export function ofWebSocket(
  context: ExecutionContext,
  handshakes: WebSocketHandshakes | undefined,
  readsHeaders: boolean,
): RequestResponse {
  const client = context.switchToWs().getClient<WebSocketClient | undefined>();
  const { handshake, _socket } = client ?? {};
  if (handshake) {
    const request: ThrottledRequest = {
      headers: (handshake.headers ?? {}) as ThrottledRequest['headers'],
      socket: { remoteAddress: handshake.address },
    };
    return { req: request as unknown as RequestResponse['req'], res: {} };
  }
  const opened = handshakes?.of(_socket);
  const isKnown = opened !== undefined || (_socket !== undefined && !readsHeaders);
  const known = { headers: opened?.headers ?? {}, socket: _socket };
  return { req: isKnown ? known : unknown(), res: {} };
}

function withHeaders(request: RequestResponse['req'] | undefined): RequestResponse['req'] {
  return request?.['headers'] === undefined ? unknown() : request;
}
