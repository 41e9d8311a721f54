import { Inject, Injectable } from '@nestjs/common';
import { MODULE_OPTIONS_TOKEN } from '../metrics.module-definition.js';
import { resolveMetricsOptions, type MetricsModuleOptions } from '../metrics.options.js';
import { MetricRegistry } from '../registry/metric-registry.js';

/** Reports which version runs on which instance, as `service_build_info`. */
@Injectable()
export class ServiceInfo {
  constructor(
    registry: MetricRegistry,
    @Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions,
  ) {
    const { version } = resolveMetricsOptions(options);
    const info = registry.gauge({
      name: 'service_build_info',
      help: 'Always 1; the labels name the versions of the service and of Node',
      labels: ['version', 'node'],
    });
    info.set({ version, node: process.version }, 1);
  }
}
