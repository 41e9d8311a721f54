import { AdminAccess } from '@loyalnest/core';
import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './admin-access.module-definition.js';
import { TokenAdminAccess } from './token-admin-access.js';

/** Protects every admin endpoint with bearer tokens: provides {@link AdminAccess}. Import it once. */
@Module({
  providers: [{ provide: AdminAccess, useClass: TokenAdminAccess }],
  exports: [AdminAccess],
})
export class AdminAccessModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(AdminAccessModule, modules.values());
  }
}
