import { parseLosslessJson } from '@loyalnest/http';
import { contactHash } from '@loyalnest/service-defaults';
import { Injectable } from '@nestjs/common';
import { readPaidOrder } from '../domain/paid-order.js';
import {
  WebhookInbox,
  type PaidOrderEvent,
  type Recorded,
  type Webhook,
  type WebhookVerdict,
} from './webhook-inbox.js';

/**
 * Stores a webhook together with its verdict before it is answered; a job awards the points later.
 * A repeated webhook gets the same answer as the first.
 *
 * @throws MalformedJsonError if the body is not JSON; nothing is stored
 */
@Injectable()
export class ReceiveWebhook {
  constructor(private readonly inbox: WebhookInbox) {}

  async execute(webhook: Webhook): Promise<Recorded> {
    const { verdict, event } = judge(webhook);
    return this.inbox.record(webhook, verdict, event);
  }
}

interface Judgement {
  readonly verdict: WebhookVerdict;
  readonly event?: PaidOrderEvent;
}

function judge({ topic, shop, body }: Webhook): Judgement {
  if (topic !== 'orders/paid') return { verdict: { status: 'ignored', reason: 'unknown-topic' } };
  const reading = readPaidOrder(parseLosslessJson(body));
  if (reading.kind === 'ignored') return { verdict: { status: 'ignored', reason: reading.reason } };
  if (reading.kind === 'invalid') {
    const { problems } = reading;
    return { verdict: { status: 'rejected', problems } };
  }
  const { orderId, customerId, customerEmail, total, paidAt } = reading.order;
  return {
    verdict: { status: 'accepted' },
    event: {
      merchantId: shop,
      orderId,
      customerId,
      total: total.toString(),
      currency: total.currency,
      paidAt,
      ...(customerEmail && { contactHash: contactHash(customerEmail) }),
    },
  };
}
