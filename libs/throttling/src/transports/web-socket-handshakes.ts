import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Remembers the request that opened each WebSocket: `ws` keeps the socket only. */
@Injectable()
export class WebSocketHandshakes implements OnModuleInit {
  private readonly requests = new WeakMap<Duplex, IncomingMessage>();

  constructor(private readonly host: HttpAdapterHost) {}

  /**
   * Listens for upgrades only after the application does. With a listener, Node no longer serves upgrade
   * requests as HTTP.
   */
  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (server === undefined || typeof server.prependListener !== 'function') return;
    const note = (request: IncomingMessage, socket: Duplex): void =>
      void this.requests.set(socket, request);
    const noteAll = (event: string | symbol): void => {
      if (event !== 'upgrade') return;
      server.off('newListener', noteAll);
      server.prependListener('upgrade', note);
    };
    server.on('newListener', noteAll);
    if (server.listenerCount('upgrade') > 0) noteAll('upgrade');
  }

  /** Returns the request that opened the connection. Undefined if another server accepted it. */
  of(socket: Duplex | undefined): IncomingMessage | undefined {
    return socket && this.requests.get(socket);
  }
}
