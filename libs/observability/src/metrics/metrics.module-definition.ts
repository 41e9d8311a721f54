import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { MetricsEndpointOptions, MetricsModuleOptions } from './metrics.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<MetricsModuleOptions>({ moduleName: 'Metrics' })
    .setClassMethodName('forRoot')
    .setExtras<MetricsEndpointOptions>({}, (definition) => definition)
    .build();
