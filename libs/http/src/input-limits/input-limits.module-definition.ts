import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { InputLimitsOptions } from './input-limits.options.js';

/** Token of the resolved options. */
export const INPUT_LIMITS = Symbol('loyalnest:http:input-limits');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<InputLimitsOptions>({ moduleName: 'InputLimits' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
