import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { HttpClientModuleOptions } from './http-client.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<HttpClientModuleOptions>({ moduleName: 'HttpClient' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
