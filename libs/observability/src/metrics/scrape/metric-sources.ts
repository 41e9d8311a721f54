import { OBSERVE_METRICS, OptionError, type MetricSource } from '@loyalnest/core';
import { isMetricSource } from '@loyalnest/core/toolkit';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** Finds every provider that implements `MetricSource`. */
@Injectable()
export class MetricSources {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * Returns the sources of the application.
   *
   * @throws {@link OptionError} if two have the same name
   */
  all(): readonly MetricSource[] {
    const sources = new Map<string, MetricSource>();
    for (const wrapper of this.discovery.getProviders()) {
      // A request-scoped provider has no permanent instance.
      if (!wrapper.isDependencyTreeStatic()) continue;
      const instance: unknown = wrapper.instance;
      if (!isMetricSource(instance)) continue;
      const { metricSource: name } = instance;
      const known = sources.get(name);
      if (known && known !== instance) {
        throw new OptionError('metricSource', name, 'give each provider a name of its own');
      }
      sources.set(name, instance);
    }
    return [...sources.values()];
  }
}

/** Reads the current measurements of a source. */
export async function askSource(source: MetricSource, signal: AbortSignal) {
  return [...(await source[OBSERVE_METRICS](signal))];
}
