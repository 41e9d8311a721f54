import {
  CONTEXT_HEADERS,
  ON_SHUTDOWN,
  runInContext,
  SystemClock,
  traced,
  type ShutdownListener,
  type ShutdownStage,
} from '@loyalnest/core';
import {
  BoundAbortController,
  isResponseSent,
  isTracing,
  LoopLag,
  onHttpEntry,
  requestWaitMs,
  type HttpEntry,
  type Proceed,
} from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MODULE_OPTIONS_TOKEN } from './correlation.module-definition.js';
import {
  resolveCorrelationOptions,
  type CorrelationModuleOptions,
  type CorrelationPolicy,
} from './correlation.options.js';
import { inboundContext } from './inbound-context.js';
import { RequestCancelledError } from './request-cancelled.error.js';
import { RequestSpans } from './request-span.js';

/**
 * Binds the context around the HTTP server's own request event. It is there before every
 * middleware, hook and parser of both adapters, and for responses without a route. Fastify's second
 * listener for `localhost` is only known after its first request. That request, and those of
 * `inject()`, get their context after the middleware.
 */
@Injectable()
export class HttpContextBinder implements OnModuleInit, OnApplicationShutdown, ShutdownListener {
  private readonly policy: CorrelationPolicy;
  private readonly bound = new WeakSet<IncomingMessage>();
  private readonly servers = new WeakSet<Server>();
  private readonly running = new Set<RunningRequest>();
  private draining = false;
  private lag: LoopLag | undefined;
  private readonly spans = new RequestSpans();

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(MODULE_OPTIONS_TOKEN) options: CorrelationModuleOptions,
  ) {
    this.policy = resolveCorrelationOptions(options);
    const enter = (entry: HttpEntry, proceed: Proceed): void => {
      const { req, res } = entry;
      this.bind(req, res, () => {
        if (isTracing()) this.spans.noteRoute(req, entry.route);
        proceed();
      });
      const { server } = req.socket as Socket & { server?: Server };
      if (server) this.wrap(server);
    };
    onHttpEntry(host, enter, { first: true });
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server) return;
    this.wrap(server);
    // Another clock does not pass while the process is busy.
    if (this.policy.clock instanceof SystemClock) this.lag = new LoopLag();
  }

  onApplicationShutdown(): void {
    this.lag?.stop();
  }

  private wrap(server: Server): void {
    if (this.servers.has(server)) return;
    this.servers.add(server);
    const listeners = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (req, res) =>
      this.bind(req, res, () => {
        for (const listener of listeners) listener.call(server, req, res);
      }),
    );
  }

  [ON_SHUTDOWN](stage: ShutdownStage): void {
    if (stage === 'draining') this.draining = true;
    for (const { work, drain } of this.running) {
      (stage === 'draining' ? drain : work).abort(new RequestCancelledError('shutting-down'));
    }
  }

  private bind(req: IncomingMessage, res: ServerResponse, handle: () => void): void {
    if (this.bound.has(req)) {
      handle();
      return;
    }
    this.bound.add(req);
    const context = inboundContext(req.headers, this.policy, this.waitedMs(req));
    res.setHeader(CONTEXT_HEADERS.correlationId, context.correlationId);
    const request = new RunningRequest();
    const { work, drain } = request;
    this.running.add(request);
    if (this.draining) drain.abort(new RequestCancelledError('shutting-down'));
    res.on('close', () => {
      this.running.delete(request);
      if (!isResponseSent(res)) work.abort(new RequestCancelledError('client-gone'));
    });
    runInContext({ ...context, signal: work.signal, drainSignal: drain.signal }, () => {
      work.bindHere();
      drain.bindHere();
      this.trace(req, res, handle);
    });
  }

  private waitedMs(req: IncomingMessage): number {
    return this.lag ? Math.max(this.lag.waitedMs, requestWaitMs(req)) : 0;
  }

  /** The span ends when the response closes. */
  private trace(req: IncomingMessage, res: ServerResponse, handle: () => void): void {
    void traced(
      'server',
      () => this.spans.describe(req),
      (span): Promise<void> | undefined => {
        const ended =
          span &&
          new Promise<void>((resolve) => {
            res.on('close', () => {
              this.spans.complete(span, req, res);
              resolve();
            });
          });
        handle();
        return ended;
      },
    );
  }
}

/** The signals of a request. Each request has its own, whose listeners run in its context. */
class RunningRequest {
  readonly work = new BoundAbortController();
  readonly drain = new BoundAbortController();
}
