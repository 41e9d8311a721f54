import { SystemClock } from '@loyalnest/core';
import { limitServer, onHttpEntry, runOutsideContext } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MODULE_OPTIONS_TOKEN } from './http-server.module-definition.js';
import {
  resolveHttpServer,
  type HttpServerModuleOptions,
  type ResolvedHttpServer,
} from './http-server.options.js';
import { OpenResponses, type Connection } from './open-responses.js';
import { watchUnfinishedBody } from './unfinished-body.js';

/**
 * Sets the limits on the server that the adapter has created, before it listens. Fastify's second listener
 * for `localhost` gets them with its first request; only its check interval is Node's 30 s.
 */
@Injectable()
export class HttpServerTimeouts implements OnModuleInit, OnApplicationShutdown {
  private readonly clock = new SystemClock();
  private readonly options: ResolvedHttpServer;
  private readonly open = new OpenResponses();
  private readonly servers = new WeakSet<Server>();
  private heartbeats: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(MODULE_OPTIONS_TOKEN) options: HttpServerModuleOptions,
  ) {
    this.options = resolveHttpServer(options);
    onHttpEntry(host, ({ req, res }, proceed) => {
      const { server } = req.socket as Socket & { server?: Server };
      if (server) this.limit(server);
      this.watch(req, res);
      proceed();
    });
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server) return;
    this.limit(server);
    const { heartbeatMs } = this.options;
    if (heartbeatMs === 0) return;
    // A stream that falls silent after one call gets its comment at the second next one.
    this.heartbeats = runOutsideContext(() =>
      setInterval(() => this.open.sendHeartbeats(), heartbeatMs / 2).unref(),
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.heartbeats);
  }

  private watch(req: IncomingMessage, res: ServerResponse): void {
    if (this.open.add(res)) watchUnfinishedBody(req, res, this.clock);
  }

  private limit(server: Server): void {
    if (this.servers.has(server)) return;
    this.servers.add(server);
    server.prependListener('request', (req, res) => this.watch(req, res));
    // Servers of HTTP/2 have sessions instead, and the limits of Fastify's option `http2SessionTimeout`.
    if (!('headersTimeout' in server)) return;
    limitServer(server, this.options.limits);
    // With a listener, Node leaves it to us to close the connection.
    server.on('timeout', (connection: Connection) => {
      if (!this.open.maySilentlyStay(connection)) connection.destroy();
    });
  }
}
