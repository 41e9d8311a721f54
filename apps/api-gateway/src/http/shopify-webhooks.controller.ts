import { CORRELATION_ID, runInChildContext } from '@loyalnest/core';
import { WebhookSignatureGuard } from '@loyalnest/security';
import { ApplyLimits } from '@loyalnest/throttling';
import {
  Controller,
  Headers,
  Post,
  Req,
  Res,
  UseGuards,
  type RawBodyRequest,
} from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { PointsClient } from '../clients/points.client.js';
import { relayAnswer, type Reply } from './relay-answer.js';
import { WEBHOOKS } from './request-limits.js';

/** What points-service needs to know of a delivery. */
const FORWARDED = [
  'x-shopify-topic',
  'x-shopify-shop-domain',
  'x-shopify-webhook-id',
  'x-shopify-event-id',
  'x-shopify-triggered-at',
  'x-shopify-api-version',
];

@ApplyLimits(WEBHOOKS)
@SkipThrottle({ merchant: true })
@Controller({ path: 'webhooks/shopify', version: '1' })
export class ShopifyWebhooksController {
  constructor(private readonly points: PointsClient) {}

  /**
   * Verifies the signature over the bytes as they came, and passes those bytes on, in the context of
   * the shop that they are from.
   */
  @Post()
  @UseGuards(WebhookSignatureGuard)
  async receive(
    @Req() { rawBody }: RawBodyRequest<object>,
    @Headers() headers: Record<string, string | undefined>,
    @Res() reply: Reply,
  ): Promise<void> {
    const known = FORWARDED.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const forwarded = { ...Object.fromEntries(known), 'content-type': 'application/json' };
    const shop = headers['x-shopify-shop-domain'] ?? '';
    await runInChildContext(CORRELATION_ID.test(shop) ? { merchantId: shop } : {}, async () => {
      const answer = await this.points.webhook(rawBody ?? Buffer.alloc(0), forwarded);
      // Here, so that the line of the request names the shop as well.
      relayAnswer(reply, answer);
    });
  }
}
