// The modules of the service defaults, for services of benchmarks: without environment variables and
// with the log in a file.
import type { Duration } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import {
  HttpClientModule,
  HttpServerModule,
  InputLimitsModule,
  OverloadModule,
  ProblemDetailsModule,
  RequestDeadlineModule,
  ValidationModule,
} from '@loyalnest/http';
import { LoggingModule, MetricsModule } from '@loyalnest/observability';
import { ResilienceModule } from '@loyalnest/resilience';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { destination } from 'pino';

export type Imports = NonNullable<ModuleMetadata['imports']>;

interface DefaultsOptions {
  readonly service: string;
  readonly logFile: string;
  readonly requestTimeout: Duration;
  /** @defaultValue true */
  readonly sheds?: boolean;
  /** Limit of requests in flight. @defaultValue adaptive */
  readonly limit?: number;
}

export const logTo = (logFile: string) => destination({ dest: logFile, sync: false });

export const context = (defaultTimeout: Duration): DynamicModule =>
  CorrelationModule.forRoot({ defaultTimeout });

export const defaultModules = ({
  service,
  logFile,
  requestTimeout,
  sheds = true,
  limit,
}: DefaultsOptions): Imports => [
  context(requestTimeout),
  LoggingModule.forRoot({ service, destination: logTo(logFile) }),
  MetricsModule.forRoot({ service }),
  HttpServerModule.forRoot({}),
  OverloadModule.forRoot({
    enabled: sheds,
    ...(limit !== undefined && { concurrency: { initial: limit, min: limit, max: limit } }),
  }),
  ProblemDetailsModule.forRoot({}),
  RequestDeadlineModule.forRoot({}),
  InputLimitsModule.forRoot({}),
  ValidationModule,
  HttpClientModule.forRoot({}),
  ResilienceModule.forRoot({}),
  HealthModule.forRoot({}),
  GracefulShutdownModule.forRoot({}),
];
