import type { Clock } from '@loyalnest/core';
import { onHttpEntry } from '@loyalnest/core/toolkit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2Session } from 'node:http2';
import { Server as NetServer, type Socket } from 'node:net';
import { noticeMs } from '../steps/run-steps.js';
import { endEventStream } from './event-streams.js';
import { pathOf } from './path-of.js';
import { RestingSockets } from './resting-sockets.js';
import { UpgradedSockets } from './upgraded-sockets.js';

/** How long a WebSocket client may take to answer the close frame; at most half of the cap. */
const CLOSE_HANDSHAKE_MS = 2_000;
/** How long a client may take from connecting to sending its request. */
const FIRST_BYTE_MS = 250;
/** More connections than the kernel queues for `accept`; Node asks for 511. */
const MAX_BACKLOG = 1_024;
/** RFC 9113, 6.8: streams that the client has already opened will still be served. */
const LAST_POSSIBLE_STREAM = 2 ** 31 - 1;

/**
 * Ends every request and every connection of the application without losing a request, on both
 * adapters. Responses say `Connection: close`, idle connections are closed, and busy ones may finish.
 * Event streams and WebSockets are ended in their own protocol.
 */
@Injectable()
export class HttpDrain implements OnModuleInit {
  private readonly running = new Map<ServerResponse, IncomingMessage>();
  private readonly seen = new WeakSet<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private readonly sessions = new Set<Http2Session>();
  private readonly resting = new RestingSockets();
  private readonly upgraded = new UpgradedSockets();
  private readonly servers = new Set<Server>();
  private draining = false;
  private closed = false;
  private accepted = 0;
  private expectsFirstByte = true;
  private onQuiet: () => void = () => undefined;

  constructor(private readonly host: HttpAdapterHost) {
    // Requests of Fastify's second listener for `localhost` can be seen only here.
    onHttpEntry(host, ({ req, res }, proceed) => {
      this.track(req, res);
      proceed();
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

  /** The running requests and upgraded connections, as method and path. */
  get routes(): readonly string[] {
    const requests = [...this.running.values()].map((req) => `${req.method} ${pathOf(req)}`);
    return [...requests, ...this.upgraded.names];
  }

  /** Makes every further response announce that its connection will close. Closes nothing. */
  announce(): void {
    this.draining = true;
    for (const response of this.running.keys()) sayClose(response);
    for (const session of this.sessions) session.goaway(0, LAST_POSSIBLE_STREAM);
  }

  /**
   * Stops accepting connections and waits at most `capMs` for the running requests. Calls `cancel`
   * shortly before that time is up, then closes every connection.
   *
   * @returns the requests that were cut off
   */
  async drain(capMs: number, cancel: () => void, clock: Clock): Promise<readonly string[]> {
    const quiet = new Promise<void>((resolve) => (this.onQuiet = resolve));
    const timers = [
      clock.schedule(() => this.expectNoFirstByte(), Math.min(FIRST_BYTE_MS, capMs / 2)),
      clock.schedule(
        () => this.upgraded.destroyWebSockets(),
        Math.min(CLOSE_HANDSHAKE_MS, capMs / 2),
      ),
      clock.schedule(
        () => {
          cancel();
          // Streams may have begun during the drain.
          this.endStreams();
        },
        capMs - noticeMs(capMs),
      ),
      clock.schedule(() => this.onQuiet(), capMs),
    ];
    await this.acceptPending();
    for (const server of this.servers) if (server.listening) stopListening(server);
    this.closed = true;
    // Reads what the last connections have already sent.
    await pollPhase();
    this.endStreams();
    this.closeIdle();
    await quiet;
    for (const cancelTimer of timers) cancelTimer();
    const cutOff = this.routes;
    for (const socket of this.sockets) socket.destroy();
    return cutOff;
  }

  /**
   * Closing a server resets the connections that it has not accepted. Node accepts one per turn of
   * its event loop, so in a busy process many may have been waiting for a long time.
   */
  private async acceptPending(): Promise<void> {
    let idleTurns = 0;
    for (let turn = 0; turn < MAX_BACKLOG && idleTurns < 2; turn++) {
      const before = this.accepted;
      await pollPhase();
      idleTurns = this.accepted === before ? idleTurns + 1 : 0;
    }
  }

  private expectNoFirstByte(): void {
    this.expectsFirstByte = false;
    if (this.closed) this.closeIdle();
  }

  private endStreams(): void {
    for (const response of this.running.keys()) endEventStream(response);
    for (const session of this.sessions) session.close();
    this.upgraded.sayGoingAway();
  }

  private track(req: IncomingMessage, res: ServerResponse): void {
    if (this.seen.has(res)) return;
    this.seen.add(res);
    this.running.set(res, req);
    this.hold(req.socket);
    const { server } = req.socket as Socket & { server?: Server };
    if (server) this.servers.add(server);
    if (this.draining) sayClose(res);
    res.on('close', () => {
      this.running.delete(res);
      this.resting.note(req);
      if (this.closed) this.closeIdle();
    });
  }

  private hold(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.accepted++;
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

  /** Runs after each response, because that is when a keep-alive connection becomes idle. */
  private closeIdle(): void {
    const sockets = [...this.sockets];
    if (this.expectsFirstByte && sockets.some(isUnused)) {
      for (const socket of this.resting.among(sockets, this.running.values())) socket.destroy();
    } else {
      // Node 26 also closes connections that have not been used yet.
      for (const server of this.servers) server.closeIdleConnections?.();
    }
    // Do not wait for unused connections: browsers open some in advance.
    const isQuiet = !this.expectsFirstByte && sockets.every(isUnused);
    if (this.running.size === 0 && (isQuiet || sockets.length === 0)) this.onQuiet();
  }
}

/** Stops listening without closing connections, unlike `close()` of an HTTP server. */
function stopListening(server: Server): void {
  NetServer.prototype.close.call(server);
}

function isUnused({ bytesRead }: Socket): boolean {
  return bytesRead === 0;
}

function pollPhase(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sayClose(response: ServerResponse): void {
  if (response.headersSent || response.req.httpVersionMajor > 1) return;
  response.setHeader('Connection', 'close');
}
