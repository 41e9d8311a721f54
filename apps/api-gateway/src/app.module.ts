import { WebhookSignatureModule } from '@loyalnest/security';
import { ServiceDefaultsModule } from '@loyalnest/service-defaults';
import { Module } from '@nestjs/common';
import { PointsClient } from './clients/points.client.js';
import { ReferralsClient } from './clients/referrals.client.js';
import { GatewayConfig } from './gateway.config.js';
import { PointsController } from './http/points.controller.js';
import { ReferralsController } from './http/referrals.controller.js';
import { ShopifyWebhooksController } from './http/shopify-webhooks.controller.js';

/** All that the gateway does: it verifies webhooks and passes requests on to the services. */
@Module({
  imports: [
    ServiceDefaultsModule.forRoot({
      service: 'api-gateway',
      config: GatewayConfig,
      correlation: { defaultTimeout: '4s' },
    }),
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
