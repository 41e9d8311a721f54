import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';

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

/** One line for each request, except for those of `silentRoutes` and below. */
export function accessLine(silentRoutes: readonly string[]): Setting {
  const message = (req: IncomingMessage, { statusCode }: ServerResponse): string =>
    `${req.method} ${pathOf(req)} ${statusCode}`;
  return {
    // No request, answer, header or number of the adapter's: the context says whose they are.
    // Errors are copied for the line already.
    serializers: { req: () => undefined, res: () => undefined, err: (error: unknown) => error },
    wrapSerializers: false,
    customLogLevel: (_req, { statusCode }) => (statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: message,
    customErrorMessage: message,
    customSuccessObject: accessFields,
    customErrorObject: (req, res, error, value) => ({
      ...accessFields(req, res, value),
      reason: error.message,
    }),
    autoLogging: { ignore: (req) => isBelow(pathOf(req), silentRoutes) },
  };
}

function accessFields(
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

function isBelow(path: string, routes: readonly string[]): boolean {
  return routes.some((route) => path === route || path.startsWith(`${route}/`));
}
