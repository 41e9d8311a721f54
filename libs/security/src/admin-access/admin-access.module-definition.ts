import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { AdminAccessModuleOptions } from './admin-access.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<AdminAccessModuleOptions>({ moduleName: 'AdminAccess' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
