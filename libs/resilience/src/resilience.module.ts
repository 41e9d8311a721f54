import { requireSingleImport } from '@loyalnest/core';
import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { ResilienceExplorer } from './resilience.explorer.js';
import { ConfigurableModuleClass } from './resilience.module-definition.js';
import { ResilienceRegistry } from './resilience.registry.js';

/**
 * Makes the policies work on every provider and controller of the application. Import it once, in
 * the root module, with `forRoot()`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [ResilienceRegistry, ResilienceExplorer],
  exports: [ResilienceRegistry],
})
export class ResilienceModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(ResilienceModule, modules.values());
  }
}
