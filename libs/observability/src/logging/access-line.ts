import type { ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import type { LoggingModuleOptions } from './logging.options.js';

const SILENT_ROUTES = ['/health', '/metrics'];

type SilentRoutes = Pick<LoggingModuleOptions, 'silentRoutes'>;

interface LoggedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
}

type Setting = Pick<
  Options,
  | 'autoLogging'
  | 'customErrorMessage'
  | 'customErrorObject'
  | 'customLogLevel'
  | 'customSuccessMessage'
  | 'customSuccessObject'
  | 'serializers'
  | 'wrapSerializers'
>;

/** One line for each request, except for those of the silent routes and below. */
export function accessLine(options: SilentRoutes): Setting {
  return {
    // No request, answer, header or number of the adapter's: the context says whose they are.
    // Errors are copied for the line already.
    serializers: { req: () => undefined, res: () => undefined, err: (error: unknown) => error },
    wrapSerializers: false,
    customLogLevel: (_req, res) => accessLevel(res),
    customSuccessMessage: accessMessage,
    customErrorMessage: accessMessage,
    customSuccessObject: accessFields,
    customErrorObject: (req, res, error, value) => ({
      ...accessFields(req, res, value),
      reason: error.message,
    }),
    autoLogging: { ignore: (req) => isSilent(req, options) },
  };
}

export function accessLevel({ statusCode }: ServerResponse): 'error' | 'info' {
  return statusCode >= 500 ? 'error' : 'info';
}

export function accessMessage(req: LoggedRequest, { statusCode }: ServerResponse): string {
  return `${req.method} ${pathOf(req)} ${statusCode}`;
}

export function accessFields(
  req: LoggedRequest,
  res: ServerResponse,
  { responseTime }: { responseTime?: number },
): object {
  return {
    method: req.method,
    path: pathOf(req),
    status: res.statusCode,
    durationMs: responseTime,
    // The client went away before its answer was sent.
    ...(!res.writableFinished && { aborted: true }),
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

/** Whether a request has no line. */
export function isSilent(
  req: LoggedRequest,
  { silentRoutes = SILENT_ROUTES }: SilentRoutes,
): boolean {
  const path = pathOf(req);
  return silentRoutes.some((route) => path === route || path.startsWith(`${route}/`));
}
