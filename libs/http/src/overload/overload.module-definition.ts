import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { OverloadModuleOptions } from './overload.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<OverloadModuleOptions>({ moduleName: 'Overload' })
    .setClassMethodName('forRoot')
    .build();
