import { CHECK_HEALTH, OptionError } from '@loyalnest/core';
import { isHealthContributor } from '@loyalnest/core/toolkit';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { declaredIndicators } from './health-indicator.decorator.js';
import type { HealthSource } from './health-source.js';
import { isPlainHealthProvider, readObservation, readPlainStatus } from './plain-health-status.js';

type Method = (signal: AbortSignal) => unknown;

/** Finds every provider and controller that reports its health. */
@Injectable()
export class HealthSources {
  private readonly logger = new Logger('Health');

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws {@link OptionError} if two checks have the same name */
  all(): readonly HealthSource[] {
    const sources: HealthSource[] = [];
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const { metatype } = wrapper;
      // A request-scoped provider has no instance to sample.
      if (!wrapper.isDependencyTreeStatic()) {
        const prototype = (metatype?.prototype ?? null) as object | null;
        for (const [, { name }] of declaredIndicators(prototype)) this.warn(metatype!.name, name);
        continue;
      }
      const instance = wrapper.instance as unknown;
      if (seen.has(instance)) continue;
      seen.add(instance);
      sources.push(...sourcesOf(instance, wrapper.host?.name ?? 'application'));
    }
    refuseDuplicates(sources);
    return sources;
  }

  private warn(owner: string, name: string): void {
    this.logger.warn(
      `@HealthIndicator '${name}' of ${owner} has no effect: the provider is not a singleton; ` +
        'move the method to one that is',
    );
  }
}

function sourcesOf(instance: unknown, module: string): readonly HealthSource[] {
  if (typeof instance !== 'object' || instance === null) return [];
  const prototype = Object.getPrototypeOf(instance) as object | null;
  const decorated = declaredIndicators(prototype).map(([key, declaration]): HealthSource => {
    const method = (instance as Record<string | symbol, Method>)[key]!;
    const observe = async (signal: AbortSignal) =>
      readObservation(await method.call(instance, signal));
    return { declaration, module, observe };
  });
  if (isHealthContributor(instance)) {
    const { healthCheck: declaration } = instance;
    const observe = (signal: AbortSignal) => instance[CHECK_HEALTH](signal);
    return [...decorated, { declaration, module, observe }];
  }
  if (!isPlainHealthProvider(instance) || isDecorated(instance)) return decorated;
  const declaration = { name: kebab((instance as object).constructor.name), critical: false };
  const observe = async () => readPlainStatus(await instance.getHealthStatus());
  return [...decorated, { declaration, module, observe }];
}

/** Whether the decorator already declares `getHealthStatus()`. */
function isDecorated(instance: object): boolean {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return declaredIndicators(prototype).some(([key]) => key === 'getHealthStatus');
}

function refuseDuplicates(sources: readonly HealthSource[]): void {
  const names = new Set<string>();
  for (const { declaration } of sources) {
    const { name } = declaration;
    if (names.has(name)) {
      throw new OptionError('healthCheck.name', name, 'give each check a unique name');
    }
    names.add(name);
  }
}

/** `SmsClient` becomes `sms-client`. */
function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
