import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ResilienceModuleOptions } from './resilience.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ResilienceModuleOptions>({ moduleName: 'Resilience' })
    .setClassMethodName('forRoot')
    .setExtras(
      {
        isGlobal: true,
        /** Mounts `GET /debug/circuits` and its commands; needs an `AdminAccess`. */
        admin: false,
      },
      // The module adds the controller: importing it here would create an import cycle.
      (definition, { isGlobal }) => ({ ...definition, global: isGlobal }),
    )
    .build();
