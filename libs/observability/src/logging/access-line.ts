import { isResponseSent } from '@loyalnest/core/toolkit';
import type { ServerResponse } from 'node:http';
import type { LoggingModuleOptions } from './logging.options.js';

const SILENT_ROUTES = ['/health', '/metrics'];

type SilentRoutes = Pick<LoggingModuleOptions, 'silentRoutes'>;

interface LoggedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
}

export function accessLevel({ statusCode }: ServerResponse): 'error' | 'info' {
  return statusCode >= 500 ? 'error' : 'info';
}

export function accessMessage(req: LoggedRequest, { statusCode }: ServerResponse): string {
  return `${req.method} ${pathOf(req)} ${statusCode}`;
}

export function accessFields(req: LoggedRequest, res: ServerResponse, durationMs: number): object {
  const { statusCode: status } = res;
  return {
    method: req.method,
    path: pathOf(req),
    status,
    durationMs,
    ...(status >= 500 && { reason: reasonOf(res) }),
    // The client disconnected before the response was sent.
    ...(!isResponseSent(res) && { aborted: true }),
  };
}

/** nestjs-pino's `LoggerErrorInterceptor` stores the error on the response. */
function reasonOf({ err, statusCode }: ServerResponse & { err?: Error }): string {
  return err?.message ?? `failed with status code ${statusCode}`;
}

/**
 * Leaves out the query string, which may contain personal data. Middleware engines shorten `url`
 * while they run and keep the original in `originalUrl`.
 */
function pathOf({ originalUrl, url }: LoggedRequest): string {
  const address = originalUrl ?? url ?? '';
  const query = address.indexOf('?');
  return query < 0 ? address : address.slice(0, query);
}

/** Whether a request gets no access line. */
export function isSilent(
  req: LoggedRequest,
  { silentRoutes = SILENT_ROUTES }: SilentRoutes,
): boolean {
  const path = pathOf(req);
  return silentRoutes.some((route) => path === route || path.startsWith(`${route}/`));
}
