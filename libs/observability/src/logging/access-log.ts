import { currentContext, runInContext, type RequestContext } from '@loyalnest/core';
import { onHttpEntry } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { accessFields, accessLevel, accessMessage, isSilent } from './access-line.js';
import { MODULE_OPTIONS_TOKEN } from './logging.module-definition.js';
import type { LoggingModuleOptions } from './logging.options.js';

interface Watched {
  readonly startedAt: number;
  context: RequestContext | undefined;
}

/**
 * Writes one line for each request, no matter who answers it, and opens the scope that
 * nestjs-pino's `assign` needs. nestjs-pino would do both in Nest's middleware, which runs after
 * Express's body parser and costs several times as much.
 */
@Injectable()
export class AccessLog implements OnModuleInit {
  /** Undefined for silent requests. */
  private readonly requests = new WeakMap<IncomingMessage, Watched | undefined>();

  constructor(
    private readonly host: HttpAdapterHost,
    logger: PinoLogger,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: LoggingModuleOptions,
  ) {
    onHttpEntry(host, ({ req, res }, proceed) => {
      const watched = this.watch(req, res);
      // The context is known only here, inside of it.
      if (watched) watched.context = currentContext();
      logger.runInContext(proceed);
    });
  }

  /** Covers requests that a Fastify middleware ends. */
  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    server?.prependListener('request', (req, res) => void this.watch(req, res));
  }

  private watch(req: IncomingMessage, res: ServerResponse): Watched | undefined {
    if (this.requests.has(req)) return this.requests.get(req);
    const watched: Watched | undefined = isSilent(req, this.options)
      ? undefined
      : { startedAt: performance.now(), context: currentContext() };
    this.requests.set(req, watched);
    if (!watched) return undefined;
    const ended = (): void => {
      res.off('finish', ended).off('close', ended);
      inContext(watched.context, () => write(req, res, watched));
    };
    res.on('finish', ended).on('close', ended);
    return watched;
  }
}

/**
 * Runs `task` in the request's context. The current one is preferred: a route may have set the
 * merchant.
 */
function inContext(known: RequestContext | undefined, task: () => void): void {
  const current = currentContext();
  if (known === undefined || current?.correlationId === known.correlationId) task();
  else runInContext(known, task);
}

function write(req: IncomingMessage, res: ServerResponse, { startedAt }: Watched): void {
  const responseTime = Math.round(performance.now() - startedAt);
  PinoLogger.root[accessLevel(res)](accessFields(req, res, responseTime), accessMessage(req, res));
}
