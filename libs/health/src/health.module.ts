import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { HealthSources } from './checks/health-sources.js';
import { HealthReports } from './groups/health-reports.js';
import { HealthSampler } from './health-sampler.js';
import { HealthTransitions } from './health-transitions.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './health.module-definition.js';
import type { HealthModuleOptions } from './health.options.js';
import { DetailsAccess } from './http/details-access.js';
import { HealthPages } from './http/health-pages.js';
import { HealthController } from './http/health.controller.js';
import { DiskCheck } from './indicators/disk-check.js';
import { EventLoopCheck } from './indicators/event-loop-check.js';
import { MemoryCheck } from './indicators/memory-check.js';
import { ManagementServer } from './management/management-server.js';
import { HealthMetrics } from './metrics/health-metrics.js';
import { HealthStartup } from './startup/health-startup.js';

/**
 * Serves `GET /health` and the pages below it for every provider that reports its health. Import it
 * once, in the root module, with `forRoot()`.
 */
@Module({
  // Terminus would log every unhealthy sample; we log changes instead.
  imports: [DiscoveryModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    HealthSources,
    HealthReports,
    HealthTransitions,
    HealthStartup,
    HealthSampler,
    DetailsAccess,
    HealthPages,
    ManagementServer,
    HealthMetrics,
    {
      provide: MemoryCheck,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ memory }: HealthModuleOptions) =>
        memory === false ? undefined : new MemoryCheck(memory),
    },
    {
      provide: EventLoopCheck,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ eventLoop, clock }: HealthModuleOptions) =>
        eventLoop === false ? undefined : new EventLoopCheck(eventLoop, clock),
    },
    {
      provide: DiskCheck,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ disk }: HealthModuleOptions) => disk && new DiskCheck(disk),
    },
  ],
  exports: [HealthSampler, HealthStartup],
})
export class HealthModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(HealthModule, modules.values());
  }
}
