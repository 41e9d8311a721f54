import { MalformedJsonError } from '@loyalnest/http';
import { contactHash } from '@loyalnest/service-defaults';
import { ReceiveWebhook } from './receive-webhook.js';
import {
  WebhookInbox,
  type PaidOrderEvent,
  type Recorded,
  type Webhook,
  type WebhookVerdict,
} from './webhook-inbox.js';

class MemoryInbox extends WebhookInbox {
  readonly records: { webhook: Webhook; verdict: WebhookVerdict; event?: PaidOrderEvent }[] = [];

  async record(
    webhook: Webhook,
    verdict: WebhookVerdict,
    event?: PaidOrderEvent,
  ): Promise<Recorded> {
    this.records.push({ webhook, verdict, ...(event && { event }) });
    return { isNew: true, verdict };
  }
}

const ORDER =
  '{"id":820982911946154508,"currency":"USD","total_price":"199.650",' +
  '"processed_at":"2026-11-21T12:00:00Z","customer":{"id":115310627314723954,"email":" Ada@Example.com"}}';

let inbox: MemoryInbox;
let receive: (body: string, topic?: string) => Promise<Recorded>;

beforeEach(() => {
  inbox = new MemoryInbox();
  const useCase = new ReceiveWebhook(inbox);
  receive = (body, topic = 'orders/paid') =>
    useCase.execute({
      webhookId: 'w-1',
      topic,
      shop: 'demo.myshopify.com',
      triggeredAt: undefined,
      body,
    });
});

describe('a webhook', () => {
  it('for a paid order is stored byte for byte, together with its event', async () => {
    expect(await receive(ORDER)).toEqual({ isNew: true, verdict: { status: 'accepted' } });
    expect(inbox.records).toMatchObject([
      {
        webhook: { body: ORDER },
        event: {
          merchantId: 'demo.myshopify.com',
          orderId: '820982911946154508',
          customerId: '115310627314723954',
          total: '199.650',
          currency: 'USD',
          paidAt: '2026-11-21T12:00:00.000Z',
          contactHash: contactHash('ada@example.com'),
        },
      },
    ]);
  });

  it('puts no personal data into the event', async () => {
    await receive(ORDER);
    expect(JSON.stringify(inbox.records[0]!.event)).not.toMatch(/ada|example\.com"|@/i);
  });

  it.each([
    [
      'with another topic',
      'carts/update',
      '{"id":1}',
      { status: 'ignored', reason: 'unknown-topic' },
    ],
    [
      'for a guest order',
      'orders/paid',
      ORDER.replace(/"customer":.*/, '"customer":null}'),
      { status: 'ignored', reason: 'no-customer' },
    ],
    [
      'with a negative total',
      'orders/paid',
      ORDER.replace('199.650', '-1'),
      {
        status: 'rejected',
        problems: [{ field: 'total_price', message: 'must not be negative' }],
      },
    ],
  ])('%s is stored and earns nothing', async (_what, topic, body, verdict) => {
    expect(await receive(body, topic)).toEqual({ isNew: true, verdict });
    expect(inbox.records).toEqual([{ webhook: expect.objectContaining({ body }), verdict }]);
  });

  it('with another topic need not be JSON', async () => {
    expect((await receive('<order/>', 'carts/update')).verdict.status).toBe('ignored');
  });

  it('that is not JSON is refused and not stored', async () => {
    await expect(receive('{"id":1,')).rejects.toBeInstanceOf(MalformedJsonError);
    expect(inbox.records).toEqual([]);
  });
});
