import { RequestPriority } from '@loyalnest/http';
import { InjectMetric } from '@loyalnest/observability';
import { Controller, HttpCode, Logger, Post, Req, type RawBodyRequest } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Counter } from 'prom-client';
import { ReceiveWebhook } from '../use-cases/receive-webhook.js';
import type { Recorded, Webhook } from '../use-cases/webhook-inbox.js';
import { readWebhookHeaders } from './webhook-headers.js';
import { WEBHOOKS_TOTAL } from './webhooks.metric.js';

/** Receives webhooks whose signature the gateway has verified. Answers 200 once one is stored. */
@RequestPriority('webhook')
@Controller({ path: 'webhooks/shopify', version: '1' })
export class WebhooksController {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly receiveWebhook: ReceiveWebhook,
    @InjectMetric(WEBHOOKS_TOTAL) private readonly received: Counter<'outcome'>,
  ) {}

  @Post()
  @HttpCode(200)
  async receive(
    @Req() { rawBody, headers }: RawBodyRequest<Pick<IncomingMessage, 'headers'>>,
  ): Promise<object> {
    const { webhook, problems } = readWebhookHeaders(headers, rawBody ?? Buffer.alloc(0));
    return this.answer(webhook, await this.receiveWebhook.execute(webhook, problems));
  }

  private answer({ shop, webhookId, topic }: Webhook, { isNew, verdict }: Recorded): object {
    const outcome = isNew ? verdict.status : 'duplicate';
    this.received.inc({ outcome });
    if (verdict.status === 'accepted') return { status: outcome };
    if (verdict.status === 'ignored') return { status: outcome, reason: verdict.reason };
    const { reason, problems = [] } = verdict;
    const errors = problems.map(({ field, message }) => ({ path: field, message }));
    if (isNew) {
      // Not the paths: names of fields may be personal data.
      const what = errors.map(({ message }) => message).join('; ');
      this.logger.warn(
        `set aside webhook ${webhookId} (${topic}) of ${shop}: ${reason}: ${what}; its bytes are stored`,
      );
    }
    return { status: outcome, reason, errors };
  }
}
