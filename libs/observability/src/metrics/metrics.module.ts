import { REQUEST_PRIORITY, SKIP_THROTTLE, type RequestPriority } from '@loyalnest/core';
import { requireSingleImport } from '@loyalnest/core/toolkit';
import {
  Controller,
  Module,
  SetMetadata,
  VERSION_NEUTRAL,
  type DynamicModule,
} from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { EventMetrics } from './events/event-metrics.js';
import { HttpServerMetrics } from './http/http-server-metrics.js';
import { ENDPOINT_OPTIONS } from './metrics-endpoint.js';
import { MetricsServer } from './metrics-server.js';
import { MetricsController } from './metrics.controller.js';
import {
  ConfigurableModuleClass,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './metrics.module-definition.js';
import type { MetricsEndpointOptions } from './metrics.options.js';
import { ServiceInfo } from './process/service-info.js';
import { MetricRegistry } from './registry/metric-registry.js';
import { MetricSources } from './scrape/metric-sources.js';
import { Scraper } from './scrape/scraper.js';

/**
 * Serves `GET /metrics` for Prometheus: requests, jobs, policies, the process, and the metrics that
 * providers of the application report. Import it once, in the root module, with `forRoot()`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    MetricRegistry,
    MetricSources,
    Scraper,
    HttpServerMetrics,
    EventMetrics,
    ServiceInfo,
    MetricsServer,
  ],
  exports: [MetricsServer],
})
export class MetricsModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withEndpoint(super.forRoot(options), options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withEndpoint(super.forRootAsync(options), options);
  }

  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(MetricsModule, modules.values());
  }
}

function withEndpoint(
  definition: DynamicModule,
  { path = '/metrics', guard = false }: MetricsEndpointOptions,
): DynamicModule {
  // A class for each application, because two in one process may have different paths.
  @SetMetadata(SKIP_THROTTLE, true)
  @SetMetadata(REQUEST_PRIORITY, 'critical' satisfies RequestPriority)
  @Controller({ path, version: VERSION_NEUTRAL })
  class MetricsEndpoint extends MetricsController {}

  // Its own controller is left out, because it would serve only the global registry. Injected
  // metrics need the rest of the module.
  const prometheus = PrometheusModule.register({
    global: true,
    path,
    controller: MetricsEndpoint,
    defaultMetrics: { enabled: false },
  });
  return {
    ...definition,
    imports: [...(definition.imports ?? []), { ...prometheus, controllers: [] }],
    controllers: [MetricsEndpoint],
    providers: [
      ...(definition.providers ?? []),
      { provide: ENDPOINT_OPTIONS, useValue: { path, guard } },
    ],
  };
}
