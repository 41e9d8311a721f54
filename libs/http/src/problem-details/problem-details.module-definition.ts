import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ProblemDetailsModuleOptions } from './problem-details.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ProblemDetailsModuleOptions>({ moduleName: 'ProblemDetails' })
    .setClassMethodName('forRoot')
    .build();
