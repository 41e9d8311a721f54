import { Clock } from '@loyalnest/core';
import { signWebhook } from '@loyalnest/security';
import { Injectable } from '@nestjs/common';
import { randomInt, randomUUID } from 'node:crypto';
import { toCents } from '../domain/order/decimal.js';
import { exactJson } from '../domain/order/exact-json.js';
import { orderPayload } from '../domain/order/order-payload.js';
import { OrderPrices } from '../domain/order/order-prices.js';
import { ShopSettings } from './shop-settings.js';
import { WebhookSender, type Delivery } from './webhook-sender.js';

/** What a customer orders, and what goes wrong with the shop's webhook. */
export interface OrderWish {
  /** Decimal with at most two places, in the shop's currency. */
  readonly total: string;
  /** Undefined for a guest. */
  readonly customerId: string | undefined;
  /** @defaultValue derived from the customer's id */
  readonly email?: string;
  /** @defaultValue a new id of 18 digits */
  readonly orderId?: string;
  /** @defaultValue a new UUID */
  readonly webhookId?: string;
  readonly topic: string;
  /** How many copies of the webhook are posted at the same time. */
  readonly copies: number;
  /** Whether the webhook is signed with a secret that the receiver does not know. */
  readonly wrongSignature: boolean;
  /** Whether the body is truncated. The signature matches the truncated body. */
  readonly malformed: boolean;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly customerId: string | null;
  readonly webhookId: string;
  readonly deliveries: readonly Delivery[];
}

const API_VERSION = '2026-04';

/** Places a paid order: the shop notifies the gateway with a signed webhook. */
@Injectable()
export class PlaceOrder {
  private placed = 0;

  constructor(
    private readonly shop: ShopSettings,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
  ) {}

  async execute(wish: OrderWish): Promise<PlacedOrder> {
    const { orderId = newOrderId(), webhookId = randomUUID(), customerId } = wish;
    const { topic, copies, malformed, wrongSignature } = wish;
    const placedAt = new Date(this.clock.now());
    const text = exactJson(
      orderPayload({
        id: BigInt(orderId),
        number: ++this.placed,
        shopDomain: this.shop.domain,
        customerId: customerId === undefined ? undefined : BigInt(customerId),
        email: wish.email ?? `customer-${customerId ?? 'guest'}@example.com`,
        prices: new OrderPrices(toCents(wish.total)),
        placedAt,
      }),
    );
    const body = malformed ? text.slice(0, text.length / 2) : text;
    const secret = wrongSignature ? `not ${this.shop.secret}` : this.shop.secret;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Shopify-Captain-Hook',
      'x-shopify-api-version': API_VERSION,
      'x-shopify-event-id': randomUUID(),
      'x-shopify-hmac-sha256': signWebhook(body, secret),
      'x-shopify-shop-domain': this.shop.domain,
      'x-shopify-test': 'false',
      'x-shopify-topic': topic,
      'x-shopify-triggered-at': placedAt.toISOString(),
      'x-shopify-webhook-id': webhookId,
    };
    const deliveries = await Promise.all(
      Array.from({ length: copies }, () => this.sender.send({ headers, body })),
    );
    return { orderId, customerId: customerId ?? null, webhookId, deliveries };
  }
}

/** 18 digits, beyond 2^53: parsed as a float, it becomes a different id. */
function newOrderId(): string {
  const digits = String(randomInt(2 ** 47)).padStart(15, '0');
  return `820${digits.slice(-14)}${1 + 2 * randomInt(5)}`;
}
