import { EnvironmentSecrets } from '@loyalnest/core/toolkit';
import { GracefulShutdown } from '@loyalnest/graceful-shutdown';
import { answerFrameworkError } from '@loyalnest/http';
import { Logger } from '@loyalnest/observability';
import { VersioningType, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BootLogger } from './boot-logger.js';
import { ServiceConfig } from './config/service-config.js';

/** Starts a service and listens. If the boot fails, prints the reason and exits with code 1. */
export async function runService(module: Type): Promise<void> {
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      module,
      new FastifyAdapter({
        frameworkErrors: answerFrameworkError,
        // Job ids contain idempotency keys. With the default limit, a long one gets a 404.
        routerOptions: { maxParamLength: 1_024 },
      }),
      { rawBody: true, bufferLogs: true, abortOnError: false, logger: new BootLogger() },
    );
    app.useLogger(app.get(Logger));
    app.enableVersioning({ type: VersioningType.URI });
    app.get(GracefulShutdown).attach(app);
    const { PORT, HOST } = app.get(ServiceConfig);
    await app.listen(PORT, HOST);
  } catch (error) {
    const reason = new EnvironmentSecrets(process.env).hide(describe(error));
    process.stderr.write(`${module.name} did not start: ${reason}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (code === 'EADDRINUSE') return `${error.message}; set PORT to a free port`;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message || String(code)}${cause}`;
}
