import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { WebhookSignatureModuleOptions } from './webhook-signature.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WebhookSignatureModuleOptions>({ moduleName: 'WebhookSignature' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
