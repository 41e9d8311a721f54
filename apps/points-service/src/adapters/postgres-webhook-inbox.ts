import { Outbox } from '@loyalnest/outbox';
import { Database, type Transaction } from '@loyalnest/service-defaults';
import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { CalculatePoints } from '../contracts/points.jobs.js';
import {
  WebhookInbox,
  type PaidOrderEvent,
  type Recorded,
  type Webhook,
  type WebhookVerdict,
} from '../use-cases/webhook-inbox.js';
import { webhooks } from './schema.js';

@Injectable()
export class PostgresWebhookInbox extends WebhookInbox {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox<Transaction>,
  ) {
    super();
  }

  async record(
    webhook: Webhook,
    verdict: WebhookVerdict,
    event?: PaidOrderEvent,
  ): Promise<Recorded> {
    const { shop, webhookId, topic, triggeredAt, body } = webhook;
    return this.database.transaction(async (tx) => {
      const inserted = await tx
        .insert(webhooks)
        .values({
          shop,
          webhookId,
          topic,
          triggeredAt: triggeredAt === undefined ? null : new Date(triggeredAt),
          verdict,
          payload: body,
        })
        .onConflictDoNothing()
        .returning({ webhookId: webhooks.webhookId });
      if (inserted.length === 0) return { isNew: false, verdict: await known(tx, webhook) };
      if (event) await this.outbox.publish(tx, CalculatePoints, event);
      return { isNew: true, verdict };
    });
  }
}

async function known(tx: Transaction, { shop, webhookId }: Webhook): Promise<WebhookVerdict> {
  const [row] = await tx
    .select({ verdict: webhooks.verdict })
    .from(webhooks)
    .where(and(eq(webhooks.shop, shop), eq(webhooks.webhookId, webhookId)));
  return row!.verdict as WebhookVerdict;
}
