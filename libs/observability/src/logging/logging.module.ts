import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AccessLog } from './access-log.js';
import { AuditLog } from './audit-log.js';
import { EventLog } from './event-log.js';
import { LogFlush } from './log-flush.js';
import { LogLevelController } from './log-level.controller.js';
import { LogLevel } from './log-level.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './logging.module-definition.js';
import type { LoggingEndpointOptions, LoggingModuleOptions } from './logging.options.js';
import { pinoParams } from './pino-params.js';

/**
 * Writes JSON lines with pino. Each line has the request context and contains no secrets. Each
 * request except probes gets a line, and so do the events of the other libs. Route Nest's own log
 * through it with `app.useLogger(app.get(Logger))`.
 */
@Module({ providers: [AccessLog, AuditLog, EventLog, LogFlush, LogLevel], exports: [LogLevel] })
export class LoggingModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withPino(super.forRoot(options), options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withPino(super.forRootAsync(options), options);
  }
}

function withPino(
  definition: DynamicModule,
  { admin = false }: LoggingEndpointOptions,
): DynamicModule {
  return {
    ...definition,
    global: true,
    imports: [
      ...(definition.imports ?? []),
      LoggerModule.forRootAsync({
        inject: [MODULE_OPTIONS_TOKEN],
        useFactory: (options: LoggingModuleOptions) => pinoParams(options),
      }),
    ],
    controllers: admin ? [LogLevelController] : [],
    exports: [MODULE_OPTIONS_TOKEN],
  };
}
