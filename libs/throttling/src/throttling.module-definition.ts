import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ThrottlingModuleOptions } from './throttling.options.js';

/** Token of the resolved options. */
export const THROTTLING_POLICY = Symbol('loyalnest:throttling:policy');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ThrottlingModuleOptions>({ moduleName: 'Throttling' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
