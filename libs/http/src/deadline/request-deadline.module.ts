import { requireSingleImport } from '@loyalnest/core';
import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import { RequestDeadlineInterceptor } from './request-deadline.interceptor.js';
import { ConfigurableModuleClass } from './request-deadline.module-definition.js';

/**
 * Answers every request by its deadline, with 504 where its route has not: those that callers bring
 * and the `defaultTimeout` of `CorrelationModule`. Routes with `@Sse` may stream for longer. Import
 * it once, in the root module, with `forRoot()`.
 */
@Module({ providers: [{ provide: APP_INTERCEPTOR, useClass: RequestDeadlineInterceptor }] })
export class RequestDeadlineModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(RequestDeadlineModule, modules.values());
  }
}
