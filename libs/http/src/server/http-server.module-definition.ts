import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { HttpServerModuleOptions } from './http-server.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<HttpServerModuleOptions>({ moduleName: 'HttpServer' })
    .setClassMethodName('forRoot')
    .build();
