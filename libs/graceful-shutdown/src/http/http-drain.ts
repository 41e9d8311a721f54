import type { Clock } from '@loyalnest/core';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { noticeMs } from '../steps/run-steps.js';
import { endEventStream } from './event-streams.js';
import { pathOf } from './path-of.js';
import { UpgradedSockets } from './upgraded-sockets.js';

/** What the client of a WebSocket may take to answer the close frame, at most half of the cap. */
const CLOSE_HANDSHAKE_MS = 2_000;
/** RFC 9113, 6.8: streams that are on their way will still be served. */
const LAST_POSSIBLE_STREAM = 2 ** 31 - 1;

/**
 * Knows every running request and every connection of the application, on both adapters, and ends
 * them without losing one: responses say `Connection: close`, idle connections are closed, busy
 * ones are waited for, event streams and WebSockets are ended in their own protocol.
 */
@Injectable()
export class HttpDrain implements OnModuleInit {
  private readonly running = new Map<ServerResponse, string>();
  private readonly seen = new WeakSet<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private readonly sessions = new Set<Http2Session>();
  private readonly upgraded = new UpgradedSockets();
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
    server.on('session', (session: Http2Session) => this.holdSession(session));
    server.prependListener('request', (req, res) => this.track(req, res));
    this.upgraded.watch(server);
    // A signal during the boot may come before the server listens.
    server.on('listening', () => this.closed && server.close());
  }

  /** Requests and upgraded connections that have not ended yet, as method and path. */
  get routes(): readonly string[] {
    return [...this.running.values(), ...this.upgraded.names];
  }

  /** From now on every response says that its connection ends; nothing is closed. */
  announce(): void {
    this.draining = true;
    for (const response of this.running.keys()) sayClose(response);
    for (const session of this.sessions) session.goaway(0, LAST_POSSIBLE_STREAM);
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
    this.endStreams();
    const timers = [
      clock.schedule(
        () => this.upgraded.destroyWebSockets(),
        Math.min(CLOSE_HANDSHAKE_MS, capMs / 2),
      ),
      clock.schedule(
        () => {
          cancel();
          // One that began while others were drained.
          this.endStreams();
        },
        capMs - noticeMs(capMs),
      ),
    ];
    await new Promise<void>((resolve) => {
      timers.push(clock.schedule(resolve, capMs));
      this.onQuiet = resolve;
      this.closeIdle();
    });
    for (const cancelTimer of timers) cancelTimer();
    const cutOff = this.routes;
    for (const socket of this.sockets) socket.destroy();
    return cutOff;
  }

  private endStreams(): void {
    for (const response of this.running.keys()) endEventStream(response);
    for (const session of this.sessions) session.close();
    this.upgraded.sayGoingAway();
  }

  private track(req: IncomingMessage, res: ServerResponse): void {
    if (this.seen.has(res)) return;
    this.seen.add(res);
    this.running.set(res, `${req.method} ${pathOf(req)}`);
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

  private holdSession(session: Http2Session): void {
    this.sessions.add(session);
    session.once('close', () => this.sessions.delete(session));
    if (this.draining) session.goaway(0, LAST_POSSIBLE_STREAM);
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
