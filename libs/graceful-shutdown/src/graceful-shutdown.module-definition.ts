import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { GracefulShutdownModuleOptions } from './graceful-shutdown.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<GracefulShutdownModuleOptions>({ moduleName: 'GracefulShutdown' })
    .setClassMethodName('forRoot')
    .build();
