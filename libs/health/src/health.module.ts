import { requireSingleImport } from '@loyalnest/core';
import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { HealthSources } from './checks/health-sources.js';
import { HealthSampler } from './health-sampler.js';
import { HealthController } from './health.controller.js';
import { ConfigurableModuleClass } from './health.module-definition.js';

/**
 * `GET /health`, `/health/live` and `/health/ready` over every provider of the application that
 * knows whether it is well. Import it once, in the root module, with `forRoot()`.
 */
@Module({
  // Terminus would log each sample that is not well; transitions are logged instead.
  imports: [DiscoveryModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthSources, HealthSampler],
  exports: [HealthSampler],
})
export class HealthModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(HealthModule, modules.values());
  }
}
