import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Inject, Module } from '@nestjs/common';
import { APP_GUARD, ModulesContainer } from '@nestjs/core';
import { BodyLimits } from './body-limits.js';
import { limitGatewayMessages } from './gateway-messages.js';
import { InputLimitsGuard } from './input-limits.guard.js';
import {
  ConfigurableModuleClass,
  INPUT_LIMITS,
  MODULE_OPTIONS_TOKEN,
} from './input-limits.module-definition.js';
import {
  resolveInputLimits,
  type InputLimitsOptions,
  type ResolvedInputLimits,
} from './input-limits.options.js';

/**
 * Limits the body, query and path of every request, every message of a gateway or a microservice, and the
 * arguments of GraphQL fields before anything validates them, so that their cost has a bound. Import it
 * once, in the root module, with `forRoot({})`.
 */
@Module({
  providers: [
    {
      provide: INPUT_LIMITS,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: InputLimitsOptions) => resolveInputLimits(options),
    },
    BodyLimits,
    { provide: APP_GUARD, useClass: InputLimitsGuard },
  ],
  exports: [INPUT_LIMITS],
})
export class InputLimitsModule extends ConfigurableModuleClass {
  constructor(
    modules: ModulesContainer,
    @Inject(INPUT_LIMITS) { maxBodyBytes }: ResolvedInputLimits,
  ) {
    super();
    requireSingleImport(InputLimitsModule, modules.values());
    limitGatewayMessages(modules, maxBodyBytes);
  }
}
