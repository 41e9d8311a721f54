import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { LoggingEndpointOptions, LoggingModuleOptions } from './logging.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<LoggingModuleOptions>({ moduleName: 'Logging' })
    .setClassMethodName('forRoot')
    // The module adds the controller. Adding it here would create an import cycle.
    .setExtras<LoggingEndpointOptions>({}, (definition) => definition)
    .build();
