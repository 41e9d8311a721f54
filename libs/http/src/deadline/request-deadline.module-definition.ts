import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RequestDeadlineOptions } from './request-deadline.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<RequestDeadlineOptions>({ moduleName: 'RequestDeadline' })
    .setClassMethodName('forRoot')
    .build();
