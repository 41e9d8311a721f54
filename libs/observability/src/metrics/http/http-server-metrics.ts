import {
  currentContext,
  OBSERVE_METRICS,
  type Measurement,
  type MetricSource,
} from '@loyalnest/core';
import { isResponseSent, knownHttpMethod, onHttpEntry } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { MODULE_OPTIONS_TOKEN } from '../metrics.module-definition.js';
import { resolveMetricsOptions, type MetricsModuleOptions } from '../metrics.options.js';
import type { BoundedHistogram } from '../registry/bounded-metrics.js';
import { MetricRegistry } from '../registry/metric-registry.js';
import { HTTP_BUCKETS } from './http-buckets.js';
import { RouteNames } from './route-names.js';
import { exemplarOf } from './trace-exemplar.js';

/** nginx's status for a connection that was closed before the response ended. */
const ABORTED = '499';

interface Measured {
  readonly startedAt: number;
  template?: string | undefined;
  traceparent?: string | undefined;
}

/**
 * Measures each request once, from the HTTP server's own event to the end of its response. It
 * covers requests that middleware, a guard or a parser ends, requests without a matching route, and
 * requests whose client disconnects.
 */
@Injectable()
export class HttpServerMetrics implements OnModuleInit, MetricSource {
  readonly metricSource = 'http server';
  private readonly ignore: readonly string[];
  private readonly routes: RouteNames;
  private readonly duration: BoundedHistogram<
    'http_request_method' | 'http_route' | 'http_response_status_code'
  >;
  private readonly active = new Map<string, number>();
  /** Undefined for ignored requests. */
  private readonly requests = new WeakMap<IncomingMessage, Measured | undefined>();

  constructor(
    private readonly host: HttpAdapterHost,
    registry: MetricRegistry,
    @Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions,
  ) {
    const { ignore, maxRoutes } = resolveMetricsOptions(options);
    this.ignore = ignore;
    this.routes = new RouteNames(maxRoutes);
    this.duration = registry.histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Time from a request to the end of its response',
      labels: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: HTTP_BUCKETS,
    });
    onHttpEntry(host, ({ req, res, route }, proceed) => {
      const measured = this.measure(req, res);
      if (measured) {
        measured.template = route;
        // The context is known only here, inside of it.
        measured.traceparent = currentContext()?.traceparent;
      }
      proceed();
    });
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    server?.prependListener('request', (req, res) => void this.measure(req, res));
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    return [...this.active].map(([http_request_method, value]) => ({
      name: 'http_server_active_requests',
      help: 'Requests without a complete response',
      value,
      labels: { http_request_method },
    }));
  }

  private measure(req: IncomingMessage, res: ServerResponse): Measured | undefined {
    if (this.requests.has(req)) return this.requests.get(req);
    const ignored = this.isIgnored(req.url ?? '');
    const measured: Measured | undefined = ignored ? undefined : { startedAt: performance.now() };
    this.requests.set(req, measured);
    if (!measured) return undefined;
    const method = knownHttpMethod(req.method);
    this.active.set(method, (this.active.get(method) ?? 0) + 1);
    res.on('close', () => {
      this.active.set(method, this.active.get(method)! - 1);
      this.duration.observe(
        {
          http_request_method: method,
          http_route: this.routes.of(req, measured.template),
          http_response_status_code: isResponseSent(res) ? String(res.statusCode) : ABORTED,
        },
        (performance.now() - measured.startedAt) / 1_000,
        exemplarOf(measured.traceparent),
      );
    });
    return measured;
  }

  private isIgnored(url: string): boolean {
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    return this.ignore.some((below) => path === below || path.startsWith(`${below}/`));
  }
}
