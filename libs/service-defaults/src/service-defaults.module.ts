import type { Duration } from '@loyalnest/core';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { CorrelationModule, type CorrelationModuleOptions } from '@loyalnest/correlation';
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
  type HttpServerModuleOptions,
  type InputLimitsOptions,
  type OverloadModuleOptions,
} from '@loyalnest/http';
import { isExportConfigured, LoggingModule, MetricsModule } from '@loyalnest/observability';
import { ResilienceModule } from '@loyalnest/resilience';
import { AdminAccessModule } from '@loyalnest/security';
import { ServiceConfigModule } from './config/config.module.js';
import { ServiceConfig } from './config/service-config.js';
import { serverTimeouts } from './server-timeouts.js';

export interface ServiceDefaultsOptions<Config extends ServiceConfig> {
  /** Name of the service in logs and metrics. */
  readonly service: string;
  /** Class of the environment variables that the service reads. */
  readonly config: Type<Config>;
  readonly correlation?: Omit<CorrelationModuleOptions, 'defaultTimeout'>;
  /**
   * Time limit for every request, even if its caller allows more. Each call that the request makes
   * must have a shorter timeout.
   * @defaultValue the limit of the caller
   */
  readonly requestTimeout?: (config: Config) => Duration;
  /**
   * For a service that clients outside of the system reach: the shortest deadline that they may send.
   * Shorter ones are answered 504 at once.
   * @defaultValue none: a deadline may have any length
   */
  readonly minRequestTimeout?: (config: Config) => Duration;
  /** Limits of bodies, queries and paths, and the routes whose bodies stay bytes. */
  readonly inputLimits?: InputLimitsOptions;
  /**
   * Limits of connections. `idleTimeout` must be longer than `requestTimeout`, and is by default at least 5 s
   * longer.
   */
  readonly httpServer?: HttpServerModuleOptions;
  /** Load shedding: how many requests may be served at the same time, and `retryAfter`. */
  readonly overload?: Pick<OverloadModuleOptions, 'concurrency' | 'retryAfter'>;
}

/**
 * Everything a service needs before its first feature: validated variables, request context, logs,
 * metrics, traces, problem details, limits, validation, an HTTP client, policies, health and graceful
 * shutdown.
 */
@Module({})
export class ServiceDefaultsModule {
  static forRoot<Config extends ServiceConfig>(
    options: ServiceDefaultsOptions<Config>,
  ): DynamicModule {
    const { service, config, correlation, requestTimeout, minRequestTimeout } = options;
    const { inputLimits = {}, httpServer = {}, overload } = options;
    return {
      module: ServiceDefaultsModule,
      imports: [
        ServiceConfigModule.forRoot(config),
        CorrelationModule.forRootAsync({
          inject: [config],
          useFactory: (values: Config) => ({
            ...correlation,
            ...(requestTimeout && { defaultTimeout: requestTimeout(values) }),
            ...(minRequestTimeout && { edge: true, minTimeout: minRequestTimeout(values) }),
          }),
        }),
        LoggingModule.forRootAsync({
          inject: [ServiceConfig],
          admin: true,
          useFactory: ({ LOG_LEVEL, LOG_PRETTY, SERVICE_VERSION }: ServiceConfig) => ({
            service,
            version: SERVICE_VERSION,
            level: LOG_LEVEL,
            ...(LOG_PRETTY !== undefined && { pretty: LOG_PRETTY }),
          }),
        }),
        MetricsModule.forRootAsync({
          inject: [ServiceConfig],
          useFactory: ({ SERVICE_VERSION, METRICS_PORT, HOST }: ServiceConfig) => ({
            service,
            version: SERVICE_VERSION,
            ...(METRICS_PORT !== undefined && { port: METRICS_PORT, host: HOST }),
          }),
        }),
        ...(isExportConfigured(process.env) ? [tracing(service)] : []),
        HttpServerModule.forRootAsync({
          inject: [config],
          useFactory: (values: Config) => serverTimeouts(httpServer, requestTimeout?.(values)),
        }),
        OverloadModule.forRootAsync({
          inject: [ServiceConfig],
          useFactory: ({ LOAD_SHEDDING, LOAD_SHEDDING_LOOP_DELAY }: ServiceConfig) => ({
            ...overload,
            enabled: LOAD_SHEDDING,
            loopDelay: LOAD_SHEDDING_LOOP_DELAY as Duration,
          }),
        }),
        ProblemDetailsModule.forRoot({}),
        RequestDeadlineModule.forRoot({}),
        InputLimitsModule.forRoot(inputLimits),
        ValidationModule,
        HttpClientModule.forRoot({}),
        AdminAccessModule.forRootAsync({
          inject: [ServiceConfig],
          useFactory: ({ ADMIN_TOKENS }: ServiceConfig) => ({ tokens: ADMIN_TOKENS }),
        }),
        ResilienceModule.forRootAsync({
          inject: [config],
          admin: true,
          useFactory: (values: Config) => ({
            ...(requestTimeout && { requestTimeout: requestTimeout(values) }),
          }),
        }),
        HealthModule.forRootAsync({
          inject: [ServiceConfig],
          useFactory: ({ HEALTH_DETAILS, HEALTH_PORT, HOST, SERVICE_VERSION }: ServiceConfig) => ({
            service: { serviceId: service, releaseId: SERVICE_VERSION },
            ...(HEALTH_DETAILS && { details: HEALTH_DETAILS }),
            ...(HEALTH_PORT !== undefined && { port: HEALTH_PORT, host: HOST }),
          }),
        }),
        GracefulShutdownModule.forRootAsync({
          inject: [ServiceConfig],
          useFactory: ({ JOB_DRAIN, GRACE_PERIOD }: ServiceConfig) => ({
            jobDrain: JOB_DRAIN as Duration,
            gracePeriod: GRACE_PERIOD as Duration,
          }),
        }),
      ],
    };
  }
}

/** Imported only if it is used: loading OpenTelemetry costs startup time and memory. */
async function tracing(service: string): Promise<DynamicModule> {
  const { TracingModule } = await import('@loyalnest/observability/tracing');
  return TracingModule.forRootAsync({
    inject: [ServiceConfig],
    useFactory: ({ SERVICE_VERSION }: ServiceConfig) => ({ service, version: SERVICE_VERSION }),
  });
}
