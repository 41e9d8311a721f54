import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import type { HttpServerModuleOptions } from '@loyalnest/http';

const USUAL_IDLE_MS = 30_000;
/** Time for the answer 504 to leave. */
const MARGIN_MS = 5_000;

/**
 * Makes the idle limit of connections longer than the time limit of requests. Otherwise the server would
 * close a connection before the 504 at the deadline is sent.
 *
 * @throws {@link OptionError} if the application has set a shorter one
 */
export function serverTimeouts(
  options: HttpServerModuleOptions,
  requestTimeout: Duration | undefined,
): HttpServerModuleOptions {
  if (requestTimeout === undefined) return options;
  const requestMs = durationMs('ServiceDefaultsModule.requestTimeout', requestTimeout);
  const { idleTimeout } = options;
  if (idleTimeout === undefined) {
    return { ...options, idleTimeout: Math.max(USUAL_IDLE_MS, requestMs + MARGIN_MS) };
  }
  const path = 'ServiceDefaultsModule.httpServer.idleTimeout';
  const idleMs = durationMs(path, idleTimeout);
  if (idleMs > 0 && idleMs <= requestMs) {
    throw new OptionError(
      path,
      idleTimeout,
      `use more than requestTimeout, which is ${requestMs} ms: the connection would close before the answer`,
    );
  }
  return options;
}
