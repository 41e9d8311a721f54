import { CHECK_HEALTH, isHealthContributor, OptionError } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { HealthSource } from './health-check.js';
import { isPlainHealthProvider, readPlainStatus } from './plain-health-status.js';

/** Finds every provider that knows whether it is well. */
@Injectable()
export class HealthSources {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws {@link OptionError} if two have the same name */
  all(): readonly HealthSource[] {
    const instances = new Set<unknown>();
    for (const wrapper of this.discovery.getProviders()) {
      // A request-scoped provider has no instance that could be asked.
      if (wrapper.isDependencyTreeStatic()) instances.add(wrapper.instance);
    }
    const sources = [...instances].map(sourceOf).filter((source) => source !== undefined);
    const names = new Set<string>();
    for (const { name } of sources) {
      if (names.has(name)) {
        throw new OptionError('healthCheck.name', name, 'give each provider a name of its own');
      }
      names.add(name);
    }
    return sources;
  }
}

function sourceOf(instance: unknown): HealthSource | undefined {
  if (isHealthContributor(instance)) {
    const { name, critical } = instance.healthCheck;
    return { name, critical, observe: (signal) => instance[CHECK_HEALTH](signal) };
  }
  if (!isPlainHealthProvider(instance)) return undefined;
  return {
    name: kebab((instance as object).constructor.name),
    critical: false,
    observe: async () => readPlainStatus(await instance.getHealthStatus()),
  };
}

/** `SmsClient` becomes `sms-client`. */
function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
