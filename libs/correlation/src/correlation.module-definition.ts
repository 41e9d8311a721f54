import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CorrelationModuleOptions } from './correlation.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<CorrelationModuleOptions>({ moduleName: 'Correlation' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
