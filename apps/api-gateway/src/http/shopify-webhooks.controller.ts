import { isContextId, runInChildContext } from '@loyalnest/core';
import { RequestPriority } from '@loyalnest/http';
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

/** Headers of a delivery that points-service needs. */
const FORWARDED = [
  'x-shopify-topic',
  'x-shopify-shop-domain',
  'x-shopify-webhook-id',
  'x-shopify-event-id',
  'x-shopify-triggered-at',
  'x-shopify-api-version',
];

@RequestPriority('webhook')
@ApplyLimits(WEBHOOKS)
@SkipThrottle({ merchant: true })
@Controller({ path: 'webhooks/shopify', version: '1' })
export class ShopifyWebhooksController {
  constructor(private readonly points: PointsClient) {}

  /**
   * Verifies the signature over the raw bytes and forwards exactly those bytes, in the context of
   * the shop that sent them.
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
    await runInChildContext(isContextId(shop) ? { merchantId: shop } : {}, async () => {
      const answer = await this.points.webhook(rawBody ?? Buffer.alloc(0), forwarded);
      // Inside the context, so that the access log names the shop too.
      relayAnswer(reply, answer, 'points-service');
    });
  }
}
