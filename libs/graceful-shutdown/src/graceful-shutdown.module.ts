import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { ConfigurableModuleClass } from './graceful-shutdown.module-definition.js';
import { GracefulShutdown } from './graceful-shutdown.js';
import { HttpDrain } from './http/http-drain.js';
import { ShutdownParticipants } from './steps/shutdown-participants.js';

/**
 * Shuts the process down in order after SIGTERM or SIGINT. Import it once, in the root module, with
 * `forRoot()`, and attach the application: `app.get(GracefulShutdown).attach(app)`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [GracefulShutdown, HttpDrain, ShutdownParticipants],
  exports: [GracefulShutdown],
})
export class GracefulShutdownModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(GracefulShutdownModule, modules.values());
  }
}
