import {
  DRAIN,
  ON_SHUTDOWN,
  OptionError,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** A second HTTP server, for Prometheus alone, until all the rest has been closed. */
@Injectable()
export class MetricsServer
  implements OnModuleInit, OnApplicationShutdown, Drainable, ShutdownListener
{
  private readonly options: ResolvedMetricsOptions;
  private readonly path: string;
  private server: Server | undefined;
  private draining = false;

  constructor(
    private readonly scraper: Scraper,
    @Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions,
    @Inject(ENDPOINT_OPTIONS) { path = '/metrics' }: MetricsEndpointOptions,
  ) {
    this.options = resolveMetricsOptions(options);
    this.path = path.startsWith('/') ? path : `/${path}`;
  }

  /** Where it listens; undefined without the option `port`. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  async onModuleInit(): Promise<void> {
    const { port, host } = this.options;
    if (port === undefined) return;
    const server = createServer((request, response) => void this.serve(request, response));
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new OptionError('MetricsModule.port', port, `use a port that is free (${code})`);
    }
    // The main server keeps the process alive; a boot that fails must not be kept alive by this one.
    server.unref();
    this.server = server;
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  /** The last phase: a shutdown can be watched until its end. */
  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'metrics port', run: () => this.close() }];
  }

  /** Without a graceful shutdown this is the last chance. */
  onApplicationShutdown(): void {
    if (!this.draining) this.close();
  }

  private close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
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
