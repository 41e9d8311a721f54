import { currentContext } from '@loyalnest/core';
import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import { destination, type LoggerOptions } from 'pino';
import type { Options } from 'pino-http';
import type { LoggingModuleOptions } from './logging.options.js';
import { redactPaths } from './redaction.js';

const SILENT_ROUTES = ['/health', '/metrics'];

interface LoggedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
}

// nestjs-pino's own pattern for all routes matches none on Fastify.
const ALL_ROUTES = [{ path: '*path', method: RequestMethod.ALL }];

/**
 * No request, answer, header or number of the adapter's on the lines: the context says whose they
 * are, and the access line names method, path and status.
 */
const SERIALIZERS = { req: () => undefined, res: () => undefined };

/** The request context on every line, whoever writes it. */
export function contextFields(): Record<string, unknown> {
  const context = currentContext();
  if (!context) return {};
  const { correlationId, traceparent, merchantId, attempt } = context;
  return {
    correlationId,
    ...(traceparent && { traceId: traceparent.split('-')[1] }),
    ...(merchantId && { merchant: merchantId }),
    ...(attempt !== undefined && { attempt }),
  };
}

export function pinoParams(options: LoggingModuleOptions): Params {
  const { service, version, level = 'info', pretty = false } = options;
  const silent = options.silentRoutes ?? SILENT_ROUTES;
  const settings: LoggerOptions & Options = {
    level,
    base: { service, ...(version && { version }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redactPaths(options.redact), censor: '[redacted]' },
    mixin: contextFields,
    serializers: SERIALIZERS,
    customSuccessMessage: (req, res) => `${req.method} ${pathOf(req)} ${res.statusCode}`,
    customErrorMessage: (req, res) => `${req.method} ${pathOf(req)} ${res.statusCode}`,
    customSuccessObject: accessFields,
    customErrorObject: (req, res, error, value) => ({
      ...accessFields(req, res, value),
      reason: error.message,
    }),
    autoLogging: { ignore: (req) => isBelow(pathOf(req), silent) },
    ...(pretty && {
      transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname' } },
    }),
  };
  if (pretty) return { forRoutes: ALL_ROUTES, pinoHttp: settings };
  // Synchronous: the last lines before an exit are written.
  const stream = options.destination ?? destination({ dest: 1, sync: true });
  return { forRoutes: ALL_ROUTES, pinoHttp: [settings, stream] };
}

function accessFields(
  req: LoggedRequest,
  res: { statusCode: number },
  { responseTime }: { responseTime?: number },
): object {
  return {
    method: req.method,
    path: pathOf(req),
    status: res.statusCode,
    durationMs: responseTime,
  };
}

/**
 * Query strings may hold personal data and are left out. Middleware engines shorten `url` while
 * they run; the address that came in is `originalUrl` then.
 */
function pathOf({ originalUrl, url }: LoggedRequest): string {
  const address = originalUrl ?? url ?? '';
  const query = address.indexOf('?');
  return query < 0 ? address : address.slice(0, query);
}

function isBelow(path: string, routes: readonly string[]): boolean {
  return routes.some((route) => path === route || path.startsWith(`${route}/`));
}
