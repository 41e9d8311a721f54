import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { RouteLimits } from './limits/route-limits.js';
import { createThrottlingStorage } from './storage/create-storage.js';
import { ThrottlingGuard } from './throttling.guard.js';
import { REFUSED_THROTTLER_OPTIONS } from './refused-throttler-guard.js';
import { THROTTLING_POLICY } from './throttling-policy.token.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './throttling.module-definition.js';
import {
  resolveThrottlingOptions,
  type ThrottlingModuleOptions,
  type ThrottlingPolicy,
} from './throttling.options.js';
import { WebSocketHandshakes } from './transports/web-socket-handshakes.js';
import { VerifiedLimitsInterceptor } from './verified-limits.interceptor.js';

/**
 * Limits the requests of the whole application, before the global guards of modules that are imported
 * later. Import it once, in the root module, with `forRoot(options)`, instead of `ThrottlerModule`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: THROTTLING_POLICY,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: ThrottlingModuleOptions) => resolveThrottlingOptions(options),
    },
    {
      provide: getStorageToken(),
      // Needs the policy, so that wrong options fail before a connection is made.
      inject: [MODULE_OPTIONS_TOKEN, THROTTLING_POLICY],
      useFactory: ({ url, connection, prefix, timeout, maxKeys, clock }: ThrottlingModuleOptions) =>
        createThrottlingStorage({ url, connection, prefix, timeout, maxKeys, clock }),
    },
    { provide: getOptionsToken(), useValue: REFUSED_THROTTLER_OPTIONS },
    RouteLimits,
    WebSocketHandshakes,
    { provide: APP_GUARD, useExisting: ThrottlingGuard },
    {
      provide: APP_INTERCEPTOR,
      inject: [THROTTLING_POLICY, ThrottlingGuard],
      // Without verified limits, no request pays for an interceptor.
      useFactory: ({ limits }: ThrottlingPolicy, guard: ThrottlingGuard) =>
        limits.some(({ verified }) => verified) ? new VerifiedLimitsInterceptor(guard) : null,
    },
  ],
  exports: [
    getStorageToken(),
    getOptionsToken(),
    THROTTLING_POLICY,
    RouteLimits,
    WebSocketHandshakes,
    ThrottlingGuard,
  ],
})
export class ThrottlingModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    requireSingleImport(ThrottlingModule, modules.values());
  }
}
