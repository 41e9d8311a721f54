import {
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { SideServer } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ENDPOINT_OPTIONS } from './metrics-endpoint.js';
import { MODULE_OPTIONS_TOKEN } from './metrics.module-definition.js';
import {
  resolveMetricsOptions,
  type MetricsEndpointOptions,
  type MetricsModuleOptions,
  type ResolvedMetricsOptions,
} from './metrics.options.js';
import { acceptedFormat } from './scrape/accepted-format.js';
import { CONTENT_TYPES } from './scrape/exposition.js';
import { Scraper } from './scrape/scraper.js';

/**
 * A separate HTTP server that serves only metrics. It stays open until everything else is closed.
 */
@Injectable()
export class MetricsServer
  implements OnModuleInit, OnApplicationShutdown, Drainable, ShutdownListener
{
  private readonly options: ResolvedMetricsOptions;
  private readonly path: string;
  private server: SideServer | undefined;
  private draining = false;

  constructor(
    private readonly scraper: Scraper,
    @Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions,
    @Inject(ENDPOINT_OPTIONS) { path = '/metrics' }: MetricsEndpointOptions,
  ) {
    this.options = resolveMetricsOptions(options);
    this.path = path.startsWith('/') ? path : `/${path}`;
  }

  /** The port that it listens on; undefined without the option `port`. */
  get port(): number | undefined {
    return this.server?.port;
  }

  async onModuleInit(): Promise<void> {
    const { port, host } = this.options;
    if (port === undefined) return;
    this.server = await SideServer.listen({
      option: 'MetricsModule.port',
      port,
      host,
      serve: (request, response) => void this.serve(request, response),
    });
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  /** Closes in the last phase, so a shutdown can be observed until its end. */
  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'metrics port', run: () => this.server?.close() }];
  }

  /** The last chance without a graceful shutdown. */
  onApplicationShutdown(): void {
    if (!this.draining) this.server?.close();
  }

  private async serve({ method, url, headers }: IncomingMessage, response: ServerResponse) {
    if (url?.split('?', 1)[0] !== this.path) {
      response.writeHead(404).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const format = acceptedFormat(headers.accept);
    try {
      const text = await this.scraper.scrape(format);
      response.writeHead(200, {
        'content-type': CONTENT_TYPES[format],
        'cache-control': 'no-store',
        vary: 'Accept',
      });
      response.end(method === 'HEAD' ? undefined : text);
    } catch {
      response.writeHead(500).end();
    }
  }
}
