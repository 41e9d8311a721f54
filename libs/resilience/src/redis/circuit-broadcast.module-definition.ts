import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CircuitBroadcastOptions } from './circuit-broadcast.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<CircuitBroadcastOptions>({ moduleName: 'CircuitBroadcast' })
    .setClassMethodName('forRoot')
    .build();
