import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';
import { ConfigurableModuleClass } from './webhook-signature.module-definition.js';
import { WebhookVerifier } from './webhook-verifier.js';

/** Makes {@link WebhookSignatureGuard} available to every route. Import it once, with `forRoot()`. */
@Module({
  providers: [WebhookVerifier, WebhookSignatureGuard],
  exports: [WebhookVerifier, WebhookSignatureGuard],
})
export class WebhookSignatureModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(WebhookSignatureModule, modules.values());
  }
}
