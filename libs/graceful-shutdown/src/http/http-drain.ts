import type { Clock } from '@loyalnest/core';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { noticeMs } from '../steps/run-steps.js';

/**
 * Knows every running request and every connection of the application, on both adapters, and ends
 * them without losing one: responses say `Connection: close`, idle connections are closed, busy
 * ones are waited for.
 */
@Injectable()
export class HttpDrain implements OnModuleInit {
  private readonly running = new Map<ServerResponse, string>();
  private readonly seen = new WeakSet<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private readonly servers = new Set<Server>();
  private draining = false;
  private closed = false;
  private onQuiet: () => void = () => undefined;

  constructor(private readonly host: HttpAdapterHost) {
    // Requests of Fastify's second listener for `localhost` only pass here.
    host.init$.subscribe(() => {
      host.httpAdapter?.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
        this.track(req, res);
        next();
      });
    });
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server) return;
    this.servers.add(server);
    server.on('connection', (socket: Socket) => this.hold(socket));
    server.prependListener('request', (req, res) => this.track(req, res));
  }

  /** Requests that are not answered yet, as method and path. */
  get routes(): readonly string[] {
    return [...this.running.values()];
  }

  /** From now on every response says that its connection ends; nothing is closed. */
  announce(): void {
    this.draining = true;
    for (const response of this.running.keys()) sayClose(response);
  }

  /**
   * Takes no new connections and waits for running requests, for no longer than `capMs`; `cancel`
   * is called shortly before that. Then every connection is closed.
   *
   * @returns the requests that were cut off
   */
  async drain(capMs: number, cancel: () => void, clock: Clock): Promise<readonly string[]> {
    for (const server of this.servers) if (server.listening) server.close();
    this.closed = true;
    // What has arrived already is read in the poll phase before setImmediate.
    await new Promise((resolve) => setImmediate(resolve));
    const cancelNotice = clock.schedule(cancel, capMs - noticeMs(capMs));
    await new Promise<void>((resolve) => {
      const cancelCap = clock.schedule(resolve, capMs);
      this.onQuiet = () => {
        cancelCap();
        resolve();
      };
      this.closeIdle();
    });
    cancelNotice();
    const cutOff = this.routes;
    for (const socket of this.sockets) socket.destroy();
    return cutOff;
  }

  private track(req: IncomingMessage, res: ServerResponse): void {
    if (this.seen.has(res)) return;
    this.seen.add(res);
    this.running.set(res, `${req.method} ${req.url?.split('?', 1)[0]}`);
    this.hold(req.socket);
    const { server } = req.socket as Socket & { server?: Server };
    if (server) this.servers.add(server);
    if (this.draining) sayClose(res);
    res.once('close', () => {
      this.running.delete(res);
      if (this.closed) this.closeIdle();
    });
  }

  private hold(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.closed) this.closeIdle();
    });
  }

  /** A keep-alive connection becomes idle only after its response, so this runs after each. */
  private closeIdle(): void {
    for (const server of this.servers) server.closeIdleConnections?.();
    // A connection that never carried a byte is no reason to wait; a browser opens some ahead.
    const isQuiet = [...this.sockets].every((socket) => socket.bytesRead === 0);
    if (this.running.size === 0 && isQuiet) this.onQuiet();
  }
}

function sayClose(response: ServerResponse): void {
  if (response.headersSent || response.req.httpVersionMajor > 1) return;
  response.setHeader('Connection', 'close');
}
