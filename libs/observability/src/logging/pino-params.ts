import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import { Redaction } from '../redaction/redaction.js';
import { accessLine } from './access-line.js';
import { contextFields } from './context-fields.js';
import { openDestination } from './destination.js';
import { isoTime } from './iso-time.js';
import type { LoggingModuleOptions } from './logging.options.js';
import { redactingLogger } from './redacting-logger.js';

// nestjs-pino's own pattern for all routes matches none on Fastify.
const ALL_ROUTES = [{ path: '*path', method: RequestMethod.ALL }];

/** What nestjs-pino is given. */
export async function pinoParams(options: LoggingModuleOptions): Promise<Params> {
  const { service, version, level = 'info', redact } = options;
  const logger = redactingLogger(
    {
      level,
      base: { service, ...(version && { version }) },
      timestamp: () => isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      mixin: contextFields,
    },
    await openDestination(options),
    new Redaction(redact),
  );
  return { forRoutes: ALL_ROUTES, pinoHttp: { logger, ...accessLine(options) } };
}
