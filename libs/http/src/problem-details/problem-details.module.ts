import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { APP_FILTER, ModulesContainer } from '@nestjs/core';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { ConfigurableModuleClass } from './problem-details.module-definition.js';

/**
 * Answers unknown routes, and every error of routes, guards, pipes, middleware and body parsers, with
 * problem details (RFC 9457). Import it once, in the root module, with `forRoot({})`.
 */
@Module({ providers: [{ provide: APP_FILTER, useClass: ProblemDetailsFilter }] })
export class ProblemDetailsModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(ProblemDetailsModule, modules.values());
  }
}
