import type { Duration } from '@loyalnest/core';
import { WebhookSignatureModule } from '@loyalnest/security';
import { ServiceDefaultsModule } from '@loyalnest/service-defaults';
import { ThrottlingModule } from '@loyalnest/throttling';
import { Module } from '@nestjs/common';
import { PointsClient } from './clients/points.client.js';
import { ReferralsClient } from './clients/referrals.client.js';
import { GatewayConfig } from './gateway.config.js';
import { PointsController } from './http/points.controller.js';
import { ReferralsController } from './http/referrals.controller.js';
import { requestLimits } from './http/request-limits.js';
import { ShopifyWebhooksController } from './http/shopify-webhooks.controller.js';

/**
 * Everything the gateway does: limit requests, verify webhooks, forward requests to the services.
 */
@Module({
  imports: [
    ServiceDefaultsModule.forRoot({
      service: 'api-gateway',
      config: GatewayConfig,
      requestTimeout: ({ REQUEST_TIMEOUT }) => REQUEST_TIMEOUT as Duration,
      minRequestTimeout: ({ MIN_REQUEST_TIMEOUT }) => MIN_REQUEST_TIMEOUT as Duration,
      // Signed over their bytes, and larger than any other body.
      inputLimits: { rawBodies: ['/v1/webhooks/shopify'] },
    }),
    ThrottlingModule.forRootAsync({ inject: [GatewayConfig], useFactory: requestLimits }),
    WebhookSignatureModule.forRootAsync({
      inject: [GatewayConfig],
      useFactory: ({ SHOPIFY_WEBHOOK_SECRETS }: GatewayConfig) => ({
        header: 'x-shopify-hmac-sha256',
        secrets: SHOPIFY_WEBHOOK_SECRETS,
      }),
    }),
  ],
  controllers: [ShopifyWebhooksController, PointsController, ReferralsController],
  providers: [PointsClient, ReferralsClient],
})
export class AppModule {}
