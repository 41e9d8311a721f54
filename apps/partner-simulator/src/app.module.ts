import { Clock, SystemClock } from '@loyalnest/core';
import { ServiceDefaultsModule } from '@loyalnest/service-defaults';
import { Module } from '@nestjs/common';
import { HttpWebhookSender } from './adapters/http-webhook-sender.js';
import { FaultsController } from './http/faults.controller.js';
import { MessagesController } from './http/messages.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { ProvidersController } from './http/providers.controller.js';
import { SimulatorConfig } from './simulator.config.js';
import { DeliverMessage } from './use-cases/deliver-message.js';
import { FaultGate } from './use-cases/fault-gate.js';
import { Mailbox } from './use-cases/mailbox.js';
import { PlaceOrder } from './use-cases/place-order.js';
import { ShopSettings } from './use-cases/shop-settings.js';
import { WebhookSender } from './use-cases/webhook-sender.js';

/** Stands in for the outside world: a shop, an SMS and an e-mail provider, and fault switches. */
@Module({
  imports: [
    ServiceDefaultsModule.forRoot({ service: 'partner-simulator', config: SimulatorConfig }),
  ],
  controllers: [OrdersController, ProvidersController, MessagesController, FaultsController],
  providers: [
    PlaceOrder,
    DeliverMessage,
    FaultGate,
    Mailbox,
    { provide: Clock, useClass: SystemClock },
    { provide: WebhookSender, useClass: HttpWebhookSender },
    {
      provide: ShopSettings,
      inject: [SimulatorConfig],
      useFactory: (config: SimulatorConfig) =>
        new ShopSettings(config.SHOP_DOMAIN, config.SHOPIFY_WEBHOOK_SECRET),
    },
  ],
})
export class AppModule {}
