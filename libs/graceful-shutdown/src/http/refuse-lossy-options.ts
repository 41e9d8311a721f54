import { OptionError } from '@loyalnest/core';
import type { INestApplicationContext } from '@nestjs/common';

interface Inspectable {
  readonly appOptions?: {
    readonly forceCloseConnections?: unknown;
    readonly return503OnClosing?: unknown;
  };
  readonly shutdownCleanupRefs?: ReadonlyMap<string, unknown>;
  getHttpAdapter?(): {
    getInstance?(): { readonly initialConfig?: Readonly<Record<string, unknown>> };
  };
}

/**
 * Refuses application settings that lose requests or that bypass this module. Measurements showed
 * that `forceCloseConnections` loses as many requests as no graceful shutdown at all.
 *
 * @throws {@link OptionError}
 */
export function refuseLossyOptions(app: INestApplicationContext): void {
  const { appOptions = {}, shutdownCleanupRefs, getHttpAdapter } = app as unknown as Inspectable;
  const fastify = getHttpAdapter?.call(app)?.getInstance?.()?.initialConfig;
  if (appOptions.forceCloseConnections === true || fastify?.['forceCloseConnections'] === true) {
    throw new OptionError(
      'forceCloseConnections',
      true,
      'remove it: it cuts off requests that GracefulShutdownModule would finish',
    );
  }
  if (appOptions.return503OnClosing === true) {
    throw new OptionError(
      'return503OnClosing',
      true,
      'remove it: it refuses requests before load balancers have removed this instance',
    );
  }
  if (shutdownCleanupRefs && shutdownCleanupRefs.size > 0) {
    throw new OptionError(
      'app.enableShutdownHooks()',
      [...shutdownCleanupRefs.keys()],
      'remove the call: GracefulShutdown.attach(app) handles the signals',
    );
  }
}
