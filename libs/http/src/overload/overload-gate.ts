import {
  OBSERVE_METRICS,
  ON_SHUTDOWN,
  type Measurement,
  type MetricSource,
  type ShutdownListener,
} from '@loyalnest/core';
import { AdaptiveLimit, LoopLag, onHttpEntry, runOutsideContext } from '@loyalnest/core/toolkit';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Admission } from './admission.js';
import { inheritPriorities } from './controller-priorities.js';
import { InFlight } from './in-flight.js';
import { LoopRule } from './loop-rule.js';
import { MODULE_OPTIONS_TOKEN } from './overload.module-definition.js';
import {
  resolveOverload,
  type OverloadModuleOptions,
  type ResolvedOverload,
} from './overload.options.js';
import { RefusalReport } from './refusal-report.js';
import { Refusal } from './refusal.js';
import { RegisteredRoutes } from './registered-routes.js';
import { RouteClasses, type RequestClass } from './route-classes.js';
import { WaitingLine } from './waiting-line.js';

const SWEEP_MS = 1_000;

/**
 * Stands before everything else that handles requests: the server does not emit `request` for a refused
 * one. It therefore gets no context, no access line and no measurement, whoever adds a listener, and
 * whenever. Upgrades, such as WebSockets, do not pass through it.
 */
@Injectable()
export class OverloadGate
  implements OnApplicationBootstrap, OnApplicationShutdown, ShutdownListener, MetricSource
{
  readonly metricSource = 'overload';
  private readonly options: ResolvedOverload;
  private readonly limiter: AdaptiveLimit;
  private readonly rule: LoopRule;
  private readonly inFlight: InFlight;
  private readonly refusal: Refusal;
  private readonly report: RefusalReport;
  private readonly routes: RegisteredRoutes;
  private readonly line: WaitingLine;
  private readonly servers = new WeakSet<Server>();
  private readonly seen = new WeakSet<IncomingMessage>();
  private classes = new RouteClasses([]);
  private admission: Admission | undefined;
  private lag: LoopLag | undefined;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    modules: ModulesContainer,
    @Inject(MODULE_OPTIONS_TOKEN) options: OverloadModuleOptions,
  ) {
    this.options = resolveOverload(options);
    const { clock, concurrency, loopDelayMs, retryAfterMs } = this.options;
    this.limiter = new AdaptiveLimit(concurrency, clock);
    this.rule = new LoopRule(loopDelayMs, clock);
    this.inFlight = new InFlight(this.limiter, clock);
    this.refusal = new Refusal(retryAfterMs, clock);
    this.report = new RefusalReport(
      modules.applicationId,
      clock,
      () => `${this.inFlight.size} in flight, limit ${this.limiter.limit}`,
    );
    this.routes = new RegisteredRoutes(host);
    this.line = new WaitingLine(clock);
    inheritPriorities(modules);
    // Fastify's second listener for `localhost` is only known after its first request.
    onHttpEntry(host, ({ req }, proceed) => {
      const { server } = req.socket as Socket & { server?: Server };
      if (server && this.admission) this.wrap(server, this.admission);
      proceed();
    });
  }

  /** By now, all routes are known. */
  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server || !this.options.enabled) return;
    this.classes = new RouteClasses(this.routes.all());
    this.lag = new LoopLag((lateMs) => this.rule.note(Math.max(lateMs, this.line.longestWaitMs)));
    this.sweep = runOutsideContext(() =>
      setInterval(() => this.inFlight.sweep(), SWEEP_MS).unref(),
    );
    this.admission = new Admission(this.limiter, this.rule, this.lag);
    this.wrap(server, this.admission);
  }

  [ON_SHUTDOWN](): void {
    this.refusal.closesConnections = true;
  }

  onApplicationShutdown(): void {
    this.lag?.stop();
    clearInterval(this.sweep);
    this.report.flush();
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    if (!this.admission) return [];
    return [
      {
        name: 'loyalnest_http_concurrency_limit',
        help: 'Requests that may be served at the same time, as the adaptive limit found',
        value: this.limiter.limit,
      },
      {
        name: 'loyalnest_http_requests_in_flight',
        help: 'Requests that count against the adaptive limit',
        value: this.inFlight.size,
      },
    ];
  }

  private wrap(server: Server, admission: Admission): void {
    if (this.servers.has(server)) return;
    this.servers.add(server);
    // Without a listener, Node would invite the body before anybody has decided about the request.
    if (server.listenerCount('checkContinue') === 0) server.on('checkContinue', invite);
    const emit = server.emit.bind(server) as (
      event: string | symbol,
      ...args: unknown[]
    ) => boolean;
    server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event === 'connection') this.line.noteConnection();
      if (event === 'request' || event === 'checkContinue') {
        const [req, res] = args as [IncomingMessage, ServerResponse];
        // A server may pass a request on to another one of the application.
        if (!this.seen.has(req)) {
          this.seen.add(req);
          this.receive(req, res, admission, () => emit(event, ...args));
          return true;
        }
      }
      return emit(event, ...args);
    };
  }

  private receive(
    req: IncomingMessage,
    res: ServerResponse,
    admission: Admission,
    serve: () => void,
  ): void {
    const known = this.classes.of(req);
    if (known.priority === 'critical') {
      serve();
      return;
    }
    this.line.enter(req, (waitedMs) => {
      if (this.admits(req, res, known, admission, waitedMs)) serve();
    });
  }

  private admits(
    req: IncomingMessage,
    res: ServerResponse,
    { priority, waits }: RequestClass,
    admission: Admission,
    waitedMs: number,
  ): boolean {
    const reason = admission.refusal(priority, this.inFlight.size, waitedMs);
    if (reason) {
      this.refusal.answer(req, res);
      this.report.note(priority, reason);
      return false;
    }
    if (!waits) this.inFlight.track(req, res);
    return true;
  }
}

/** Does what Node does for `Expect: 100-continue`. */
function invite(this: Server, req: IncomingMessage, res: ServerResponse): void {
  res.writeContinue();
  this.emit('request', req, res);
}
