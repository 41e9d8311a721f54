import { ProblemError } from '@loyalnest/http';
import { InjectMetric } from '@loyalnest/observability';
import { Controller, Headers, HttpCode, Post, Req, type RawBodyRequest } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { ReceiveWebhook } from '../use-cases/receive-webhook.js';
import type { FieldProblem } from '../domain/paid-order.js';
import type { Recorded } from '../use-cases/webhook-inbox.js';
import { WEBHOOKS_TOTAL } from './webhooks.metric.js';

/** Receives webhooks whose signature the gateway has verified. */
@Controller({ path: 'webhooks/shopify', version: '1' })
export class WebhooksController {
  constructor(
    private readonly receiveWebhook: ReceiveWebhook,
    @InjectMetric(WEBHOOKS_TOTAL) private readonly received: Counter<'outcome'>,
  ) {}

  @Post()
  @HttpCode(200)
  async receive(
    @Req() { rawBody }: RawBodyRequest<object>,
    @Headers('x-shopify-topic') topic: string | undefined,
    @Headers('x-shopify-shop-domain') shop: string | undefined,
    @Headers('x-shopify-webhook-id') webhookId: string | undefined,
    @Headers('x-shopify-triggered-at') triggeredAt: string | undefined,
  ): Promise<object> {
    const recorded = await this.receiveWebhook.execute({
      webhookId: required('x-shopify-webhook-id', webhookId),
      topic: required('x-shopify-topic', topic),
      shop: required('x-shopify-shop-domain', shop),
      triggeredAt: isTime(triggeredAt) ? triggeredAt : undefined,
      body: rawBody?.toString('utf8') ?? '',
    });
    return this.answer(recorded);
  }

  private answer({ isNew, verdict }: Recorded): object {
    const outcome = isNew ? verdict.status : 'duplicate';
    this.received.inc({ outcome });
    if (verdict.status === 'rejected') throw rejection(verdict.problems);
    const reason = verdict.status === 'ignored' ? { reason: verdict.reason } : {};
    return { status: outcome, ...reason };
  }
}

function rejection(problems: readonly FieldProblem[]): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'INVALID_ORDER',
    detail: 'the webhook was stored but earns no points; see errors',
    errors: problems.map(({ field, message }) => ({ path: field, message })),
  });
}

function required(header: string, value: string | undefined): string {
  if (value) return value;
  throw new ProblemError({
    status: 400,
    code: 'HEADER_MISSING',
    detail: `the header ${header} is missing; nothing was stored`,
  });
}

function isTime(value: string | undefined): value is string {
  return value !== undefined && !Number.isNaN(Date.parse(value));
}
