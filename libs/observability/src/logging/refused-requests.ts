import { currentContext, runInContext } from '@loyalnest/core';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { accessFields, accessLevel, accessMessage, isSilent } from './access-line.js';
import { MODULE_OPTIONS_TOKEN } from './logging.module-definition.js';
import type { LoggingModuleOptions } from './logging.options.js';

/**
 * The access lines of requests that Express's body parser refuses: nestjs-pino's middleware stands
 * behind it. Fastify's parser comes after all middleware.
 */
@Injectable()
export class RefusedRequests {
  constructor(
    host: HttpAdapterHost,
    private readonly logger: PinoLogger,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: LoggingModuleOptions,
  ) {
    // The adapter is set before the providers exist or, in Nest's TestingModule, after.
    host.init$.subscribe(() => {
      if (host.httpAdapter?.getType() !== 'express') return;
      host.httpAdapter.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
        this.watch(req, res);
        next();
      });
    });
  }

  private watch(req: IncomingMessage, res: ServerResponse): void {
    if (isSilent(req, this.options)) return;
    const startedAt = performance.now();
    const context = currentContext();
    res.on('close', () => {
      // With its logger pino-http has taken the request over, and its line.
      if ('log' in req) return;
      const responseTime = Math.round(performance.now() - startedAt);
      const write = (): void =>
        this.logger[accessLevel(res)](
          accessFields(req, res, { responseTime }),
          accessMessage(req, res),
        );
      if (context) runInContext(context, write);
      else write();
    });
  }
}
