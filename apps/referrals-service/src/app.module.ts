import { OutboxModule } from '@loyalnest/outbox';
import { queue, QueueModule } from '@loyalnest/queue';
import { QueueAdminModule } from '@loyalnest/queue/admin';
import { Database, PostgresModule, ServiceDefaultsModule } from '@loyalnest/service-defaults';
import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { PostgresReferrals } from './adapters/postgres-referrals.js';
import { SmsClient } from './adapters/sms-client.js';
import { ReferralsController } from './http/referrals.controller.js';
import { ReferralsHandler } from './messaging/referrals.handler.js';
import { ReferralsConfig } from './referrals.config.js';
import { InviteFriend } from './use-cases/invite-friend.js';
import { InviteSender } from './use-cases/invite-sender.js';
import { NoteFriendsOrder } from './use-cases/note-order.js';
import { ReferFriend } from './use-cases/refer-friend.js';
import { Referrals } from './use-cases/referrals.js';
import { ShowReferral } from './use-cases/show-referral.js';

/** Everything referrals-service does: store referrals, invite friends, record their orders. */
@Module({
  imports: [
    ServiceDefaultsModule.forRoot({
      service: 'referrals-service',
      config: ReferralsConfig,
      // Only the gateway can reach this service, so the identity that it sends is trusted.
      correlation: { trustIdentity: true },
    }),
    PostgresModule.forRootAsync({
      inject: [ReferralsConfig],
      useFactory: ({ REFERRALS_DATABASE_URL }: ReferralsConfig) => ({
        url: REFERRALS_DATABASE_URL,
        migrations: join(import.meta.dirname, 'adapters', 'migrations'),
      }),
    }),
    QueueModule.forRootAsync({
      inject: [ReferralsConfig],
      useFactory: ({ REDIS_URL }: ReferralsConfig) => ({ url: REDIS_URL }),
    }),
    QueueModule.forFeature(queue('referrals', { concurrency: 10 })),
    QueueAdminModule,
    OutboxModule.forRootAsync({
      inject: [Database],
      useFactory: ({ sql }: Database) => ({ database: sql }),
    }),
  ],
  controllers: [ReferralsController],
  providers: [
    // use cases
    ReferFriend,
    InviteFriend,
    NoteFriendsOrder,
    ShowReferral,
    // jobs
    ReferralsHandler,
    // adapters
    { provide: Referrals, useClass: PostgresReferrals },
    { provide: InviteSender, useClass: SmsClient },
  ],
})
export class AppModule {}
