import { currentContext } from '@loyalnest/core';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { MODULE_OPTIONS_TOKEN } from '../metrics.module-definition.js';
import { resolveMetricsOptions, type MetricsModuleOptions } from '../metrics.options.js';
import type { BoundedGauge, BoundedHistogram } from '../registry/bounded-metrics.js';
import { MetricRegistry } from '../registry/metric-registry.js';
import { knownMethod } from './request-method.js';
import { RouteNames } from './route-names.js';
import { exemplarOf } from './trace-exemplar.js';

/** Advised by OpenTelemetry for durations of HTTP. */
export const HTTP_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
/** The connection ended before the answer did. As nginx has it. */
const ABORTED = '499';

interface Measured {
  readonly startedAt: number;
  template?: string | undefined;
  traceparent?: string | undefined;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly routeOptions: { readonly url?: string };
}

interface FastifyInstance {
  addHook?(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: { raw: ServerResponse }, done: () => void) => void,
  ): void;
}

/**
 * Measures each request once, from the HTTP server's own event to the end of its response: also
 * those that middleware, a guard or a parser ends, that no route takes, and whose clients go away.
 */
@Injectable()
export class HttpServerMetrics implements OnModuleInit {
  private readonly ignore: readonly string[];
  private readonly routes: RouteNames;
  private readonly duration: BoundedHistogram<
    'http_request_method' | 'http_route' | 'http_response_status_code'
  >;
  private readonly active: BoundedGauge<'http_request_method'>;
  private readonly seen = new WeakSet<IncomingMessage>();
  private readonly running = new WeakMap<IncomingMessage, Measured>();

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
      help: 'Time from a request to the end of its answer',
      labels: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: HTTP_BUCKETS,
    });
    this.active = registry.gauge({
      name: 'http_server_active_requests',
      help: 'Requests that are not answered yet',
      labels: ['http_request_method'],
    });
    // The adapter is set before the providers exist or, in Nest's TestingModule, after.
    host.init$.subscribe(() => this.enter());
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    server?.prependListener('request', (req, res) => void this.measure(req, res));
  }

  /** What can only be known inside: the request context, and Fastify's route. */
  private enter(): void {
    const { httpAdapter } = this.host;
    // Requests of Fastify's second listener for `localhost`, and of `inject()`, only pass here.
    httpAdapter?.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
      this.note(req, res);
      next();
    });
    if (httpAdapter?.getType() !== 'fastify') return;
    const fastify: FastifyInstance = httpAdapter.getInstance();
    fastify.addHook?.('onRequest', ({ raw, routeOptions }, reply, done) => {
      const measured = this.measure(raw, reply.raw);
      if (measured) measured.template = routeOptions.url;
      done();
    });
  }

  private note(req: IncomingMessage, res: ServerResponse): void {
    const measured = this.measure(req, res);
    if (measured) measured.traceparent = currentContext()?.traceparent;
  }

  private measure(req: IncomingMessage, res: ServerResponse): Measured | undefined {
    if (this.seen.has(req)) return this.running.get(req);
    this.seen.add(req);
    if (this.isIgnored(req.url ?? '')) return undefined;
    const measured: Measured = { startedAt: performance.now() };
    this.running.set(req, measured);
    const method = { http_request_method: knownMethod(req.method) };
    this.active.add(method, 1);
    res.once('close', () => {
      this.active.add(method, -1);
      this.duration.observe(
        {
          ...method,
          http_route: this.routes.of(req, measured.template),
          http_response_status_code: isComplete(res) ? String(res.statusCode) : ABORTED,
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

function isComplete(res: ServerResponse): boolean {
  // Responses of HTTP/2 do not have the first.
  return (res.writableFinished as boolean | undefined) ?? res.writableEnded;
}
