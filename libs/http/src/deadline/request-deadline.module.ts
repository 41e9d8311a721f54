import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './request-deadline.module-definition.js';
import { RequestDeadlines } from './request-deadlines.js';

/**
 * Answers 504 to every request that has no answer at its deadline, which comes from the caller or from
 * `defaultTimeout` of `CorrelationModule`. Answers that have begun, such as streams, may take longer.
 * Import it once, in the root module, with `forRoot({})`.
 */
@Module({ providers: [RequestDeadlines] })
export class RequestDeadlineModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(RequestDeadlineModule, modules.values());
  }
}
