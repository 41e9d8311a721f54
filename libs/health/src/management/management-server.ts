import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { SideServer } from '@loyalnest/core/toolkit';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { HealthPages, type HealthAnswer } from '../http/health-pages.js';
import { HealthSampler } from '../health-sampler.js';

const PATH = /^\/health(?:\/([^/?]+))?\/?(?:\?|$)/;

/**
 * A second HTTP server for the health pages only. It runs from the start of the boot until
 * everything else is closed. It is ready only while the main server listens, because a probe of
 * this port does not test the main one.
 */
@Injectable()
export class ManagementServer
  implements OnModuleInit, OnApplicationShutdown, Drainable, ShutdownListener
{
  private readonly logger = new Logger('Health');
  private server: SideServer | undefined;
  private draining = false;

  constructor(
    private readonly pages: HealthPages,
    private readonly sampler: HealthSampler,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Port of the server; undefined without the option `port`. */
  get port(): number | undefined {
    return this.server?.port;
  }

  async onModuleInit(): Promise<void> {
    const { port, host } = this.sampler.policy;
    if (port === undefined) return;
    this.server = await SideServer.listen({
      option: 'HealthModule.port',
      port,
      host,
      serve: (request, response) => void this.serve(request, response),
    });
    this.logger.warn(
      `the health pages are also on port ${this.port}: a probe there can succeed while the main ` +
        'port is unreachable; send readiness and liveness probes to the main port',
    );
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  /** Closes in the last phase, so that monitoring sees the process until its end. */
  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'health port', run: () => this.server?.close() }];
  }

  /** Closes the server if there is no graceful shutdown. */
  onApplicationShutdown(): void {
    if (!this.draining) this.server?.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = PATH.exec(request.url ?? '');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const answer = path && isRead ? await this.answer(path[1], request) : undefined;
    if (!answer) {
      const code = path && !isRead ? 405 : 404;
      response.writeHead(code, { ...(code === 405 && { allow: 'GET, HEAD' }) }).end();
      return;
    }
    const { statusCode, contentType = 'application/json', retryAfterS, body } = answer;
    const headers = {
      'content-type': contentType,
      'cache-control': 'no-store',
      ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
    };
    response.writeHead(statusCode, headers).end(JSON.stringify(body));
  }

  private answer(
    page: string | undefined,
    request: IncomingMessage,
  ): undefined | HealthAnswer | Promise<HealthAnswer> {
    if (page === undefined) return this.pages.all(request);
    // Once a shutdown has begun, the sampler itself reports `shutting_down`.
    if (page === 'ready' && this.sampler.isReady && !this.mainListens) {
      return this.pages.status('starting', request);
    }
    return this.pages.page(page, request);
  }

  private get mainListens(): boolean {
    const server = this.host.httpAdapter?.getHttpServer() as Partial<Server> | undefined;
    return server?.listening === true;
  }
}
