import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CircuitBroadcast } from './circuit-broadcast.js';
import { ConfigurableModuleClass } from './circuit-broadcast.module-definition.js';

/**
 * Announces circuit changes to all instances of a service over Redis, and lets an operator command
 * them all at once. Calls never wait for Redis: while it is unavailable, they behave as without
 * this module. Import it once, next to `ResilienceModule.forRoot()`.
 */
@Module({ providers: [CircuitBroadcast], exports: [CircuitBroadcast] })
export class CircuitBroadcastModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(CircuitBroadcastModule, modules.values());
  }
}
