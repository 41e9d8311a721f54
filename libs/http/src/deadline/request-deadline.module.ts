import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './request-deadline.module-definition.js';
import { RequestDeadlines } from './request-deadlines.js';

/**
 * Answers every request by its deadline, with 504 where nothing else has: those that callers bring
 * and the `defaultTimeout` of `CorrelationModule`. Answers that have begun, as streams, may take
 * longer. Import it once, in the root module, with `forRoot()`.
 */
@Module({ providers: [RequestDeadlines] })
export class RequestDeadlineModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(RequestDeadlineModule, modules.values());
  }
}
