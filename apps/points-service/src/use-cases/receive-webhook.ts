import { contactHash } from '@loyalnest/service-defaults';
import { Injectable } from '@nestjs/common';
import { readPaidOrder, type FieldProblem } from '../domain/paid-order.js';
import { readWebhook } from './read-webhook.js';
import {
  WebhookInbox,
  type PaidOrderEvent,
  type Recorded,
  type SetAsideReason,
  type Webhook,
  type WebhookVerdict,
} from './webhook-inbox.js';

/**
 * Stores a webhook together with its verdict before it is answered; a job awards the points later.
 * A webhook that cannot be read is set aside: stored with the reason. It is not refused, because the
 * shop would send it again and finally cancel the subscription.
 */
@Injectable()
export class ReceiveWebhook {
  constructor(private readonly inbox: WebhookInbox) {}

  /** @param headerProblems what is wrong with the headers that came with the webhook */
  async execute(webhook: Webhook, headerProblems: readonly FieldProblem[] = []): Promise<Recorded> {
    const { verdict, event } =
      headerProblems.length > 0 ? setAside('headers', headerProblems) : judge(webhook);
    return this.inbox.record(webhook, verdict, event);
  }
}

interface Judgement {
  readonly verdict: WebhookVerdict;
  readonly event?: PaidOrderEvent;
}

function judge({ topic, shop, body }: Webhook): Judgement {
  if (topic !== 'orders/paid') return { verdict: { status: 'ignored', reason: 'unknown-topic' } };
  const content = readWebhook(body);
  if (content.kind === 'unreadable') return setAside(content.reason, [content.problem]);
  const reading = readPaidOrder(content.payload);
  if (reading.kind === 'ignored') return { verdict: { status: 'ignored', reason: reading.reason } };
  if (reading.kind === 'invalid') return setAside('order', reading.problems);
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

function setAside(reason: SetAsideReason, problems: readonly FieldProblem[]): Judgement {
  return { verdict: { status: 'set-aside', reason, problems } };
}
