import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { ResilienceExplorer } from './resilience.explorer.js';
import { CircuitsController } from './admin/circuits.controller.js';
import {
  ConfigurableModuleClass,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './resilience.module-definition.js';
import { CircuitOperator } from './operator/circuit-operator.js';
import { ResilienceMetrics } from './resilience-metrics.js';
import { ResilienceRegistry } from './resilience.registry.js';
import { CircuitBreakerService } from './service/circuit-breaker.service.js';
import { ResilienceService } from './service/resilience.service.js';

/**
 * Applies the policies to every provider and controller of the application. Import it once, in the
 * root module, with `forRoot()`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ResilienceRegistry,
    ResilienceExplorer,
    ResilienceMetrics,
    ResilienceService,
    CircuitBreakerService,
    CircuitOperator,
  ],
  exports: [ResilienceRegistry, ResilienceService, CircuitBreakerService],
})
export class ResilienceModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return withAdmin(super.forRoot(options), options.admin);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withAdmin(super.forRootAsync(options), options.admin);
  }

  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(ResilienceModule, modules.values());
  }
}

function withAdmin(definition: DynamicModule, admin = false): DynamicModule {
  return admin ? { ...definition, controllers: [CircuitsController] } : definition;
}
