import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './overload.module-definition.js';
import { OverloadGate } from './overload-gate.js';

/**
 * Refuses requests that the service could not answer in time, before they cost anything: 503 with
 * `Retry-After`. Reads are refused first, then writes, then webhooks; health pages, metrics and admin
 * endpoints never. Import it once, in the root module, with `forRoot({})`.
 */
@Module({ providers: [OverloadGate] })
export class OverloadModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(OverloadModule, modules.values());
  }
}
