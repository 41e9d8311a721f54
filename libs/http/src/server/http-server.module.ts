import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './http-server.module-definition.js';
import { HttpServerTimeouts } from './http-server-timeouts.js';

/**
 * Limits how long a client may occupy a connection of the application's server, on both adapters, and
 * keeps event streams alive. Import it once, in the root module, with `forRoot({})`.
 */
@Module({ providers: [HttpServerTimeouts] })
export class HttpServerModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(HttpServerModule, modules.values());
  }
}
