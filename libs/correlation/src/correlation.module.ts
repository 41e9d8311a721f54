import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './correlation.module-definition.js';
import { HttpContextBinder } from './http-context.binder.js';
import { MethodContextBinder } from './methods/method-context.binder.js';
import { RequestContextService } from './request-context.service.js';
import { RpcContextBinder } from './rpc/rpc-context.binder.js';

/**
 * Gives every HTTP request, message, scheduled run and event listener a context that follows it
 * through every call, errors and unknown routes included. Import it once, in the root module, with
 * `forRoot()`.
 */
@Module({
  providers: [HttpContextBinder, RpcContextBinder, MethodContextBinder, RequestContextService],
  exports: [RequestContextService],
})
export class CorrelationModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(CorrelationModule, modules.values());
  }
}
