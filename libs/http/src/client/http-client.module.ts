import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './http-client.module-definition.js';
import { HttpClient } from './http-client.js';

/** Provides one {@link HttpClient} with its own connections. Import it once, with `forRoot({})`. */
@Module({ providers: [HttpClient], exports: [HttpClient] })
export class HttpClientModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(HttpClientModule, modules.values());
  }
}
