import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { Injectable, Module, Scope, ValidationPipe, type DynamicModule } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { HealthModule } from '../src/health.module.js';
import type { HealthCheckDeclaration } from '../src/checks/health-source.js';
import type { HealthModuleOptions } from '../src/health.options.js';

export type Observe = (signal: AbortSignal) => HealthObservation | Promise<HealthObservation>;

export class Dependency implements HealthContributor {
  calls = 0;
  signals: AbortSignal[] = [];
  observe: Observe = () => ({ status: 'up' });

  constructor(readonly healthCheck: HealthCheckDeclaration & { readonly critical: boolean }) {}

  [CHECK_HEALTH](signal: AbortSignal): HealthObservation | Promise<HealthObservation> {
    this.calls++;
    this.signals.push(signal);
    return this.observe(signal);
  }
}

@Injectable()
export class MailClient {
  answer: unknown = { status: 'healthy', secret: 'host:25' };
  getHealthStatus(): unknown {
    return this.answer;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  getHealthStatus(): boolean {
    return false;
  }
}

export const NEVER: Observe = () => new Promise(() => undefined);

export function appModule(
  options: HealthModuleOptions,
  dependencies: readonly Dependency[],
): DynamicModule {
  class App {}
  Module({})(App);
  return {
    module: App,
    imports: [HealthModule.forRoot({ memory: false, eventLoop: false, failures: 1, ...options })],
    providers: [
      ...dependencies.map((dependency) => ({
        provide: dependency.healthCheck.name,
        useValue: dependency,
      })),
      // An alias of the same instance is not a second check.
      { provide: 'alias', useExisting: dependencies[0]!.healthCheck.name },
      MailClient,
      PerRequest,
      {
        provide: APP_PIPE,
        useValue: new ValidationPipe({ whitelist: true, forbidUnknownValues: true }),
      },
    ],
  };
}
