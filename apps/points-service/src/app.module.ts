import { OutboxModule } from '@loyalnest/outbox';
import { queue, QueueModule } from '@loyalnest/queue';
import { QueueAdminModule } from '@loyalnest/queue/admin';
import { Database, PostgresModule, ServiceDefaultsModule } from '@loyalnest/service-defaults';
import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { PostgresLedger } from './adapters/postgres-ledger.js';
import { PostgresWebhookInbox } from './adapters/postgres-webhook-inbox.js';
import { EarningRule } from './domain/earning-rule.js';
import { AccountsController } from './http/accounts.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { webhooksTotal } from './http/webhooks.metric.js';
import { PointsHandler } from './messaging/points.handler.js';
import { PointsConfig } from './points.config.js';
import { AwardPoints } from './use-cases/award-points.js';
import { Ledger } from './use-cases/ledger.js';
import { ReceiveWebhook } from './use-cases/receive-webhook.js';
import { ShowBalance } from './use-cases/show-balance.js';
import { WebhookInbox } from './use-cases/webhook-inbox.js';

/** Everything points-service does: receive webhooks, write the ledger, show balances. */
@Module({
  imports: [
    ServiceDefaultsModule.forRoot({
      service: 'points-service',
      config: PointsConfig,
      // Only the gateway can reach this service, so the identity that it sends is trusted.
      correlation: { trustIdentity: true },
      // Stored as bytes. What cannot be read is set aside, not refused.
      inputLimits: { rawBodies: ['/v1/webhooks/shopify'] },
    }),
    PostgresModule.forRootAsync({
      inject: [PointsConfig],
      useFactory: ({ POINTS_DATABASE_URL }: PointsConfig) => ({
        url: POINTS_DATABASE_URL,
        migrations: join(import.meta.dirname, 'adapters', 'migrations'),
      }),
    }),
    QueueModule.forRootAsync({
      inject: [PointsConfig],
      useFactory: ({ REDIS_URL }: PointsConfig) => ({ url: REDIS_URL }),
    }),
    QueueModule.forFeature(queue('points', { concurrency: 10 }), queue('referrals')),
    QueueAdminModule,
    OutboxModule.forRootAsync({
      inject: [Database],
      useFactory: ({ sql }: Database) => ({ database: sql }),
    }),
  ],
  controllers: [AccountsController, WebhooksController],
  providers: [
    webhooksTotal,
    // use cases
    ReceiveWebhook,
    AwardPoints,
    ShowBalance,
    // jobs
    PointsHandler,
    // adapters
    { provide: Ledger, useClass: PostgresLedger },
    { provide: WebhookInbox, useClass: PostgresWebhookInbox },
    {
      provide: EarningRule,
      inject: [PointsConfig],
      useFactory: ({ POINTS_PER_UNIT }: PointsConfig) => new EarningRule(POINTS_PER_UNIT),
    },
  ],
})
export class AppModule {}
