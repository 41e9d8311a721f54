import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CircuitBroadcast } from './circuit-broadcast.js';
import { ConfigurableModuleClass } from './circuit-broadcast.module-definition.js';

/**
 * Tells all instances of a service of each other's circuits over Redis, and lets an operator command
 * them all at once. Calls never wait for it: with Redis away they behave as without the module.
 * Import it once, beside `ResilienceModule.forRoot()`.
 */
@Module({ providers: [CircuitBroadcast], exports: [CircuitBroadcast] })
export class CircuitBroadcastModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(CircuitBroadcastModule, modules.values());
  }
}
