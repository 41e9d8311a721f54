import type { Params } from 'nestjs-pino';
import { Redaction } from '../redaction/redaction.js';
import { contextFields } from './context-fields.js';
import { openDestination } from './destination.js';
import { isoTime } from './iso-time.js';
import type { LoggingModuleOptions } from './logging.options.js';
import { redactingLogger } from './redacting-logger.js';

/**
 * Returns nestjs-pino's options. Its middleware gets no routes, because `AccessLog` replaces it.
 */
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
  // The redaction has already copied the error.
  const serializers = { err: (error: unknown) => error };
  return { forRoutes: [], pinoHttp: { logger, serializers, wrapSerializers: false } };
}
