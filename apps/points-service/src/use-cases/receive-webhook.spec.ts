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
let receive: (body: string | Uint8Array, topic?: string) => Promise<Recorded>;

beforeEach(() => {
  inbox = new MemoryInbox();
  const useCase = new ReceiveWebhook(inbox);
  receive = (body, topic = 'orders/paid') =>
    useCase.execute({
      webhookId: 'w-1',
      topic,
      shop: 'demo.myshopify.com',
      triggeredAt: undefined,
      body: Buffer.from(body),
    });
});

describe('a webhook', () => {
  it('for a paid order is stored byte for byte, together with its event', async () => {
    expect(await receive(ORDER)).toEqual({ isNew: true, verdict: { status: 'accepted' } });
    expect(inbox.records).toMatchObject([
      {
        webhook: { body: Buffer.from(ORDER) },
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
        status: 'set-aside',
        reason: 'order',
        problems: [{ field: 'total_price', message: 'must not be negative' }],
      },
    ],
  ])('%s is stored and earns nothing', async (_what, topic, body, verdict) => {
    expect(await receive(body, topic)).toEqual({ isNew: true, verdict });
    expect(inbox.records).toEqual([
      { webhook: expect.objectContaining({ body: Buffer.from(body) }), verdict },
    ]);
  });

  it('with another topic need not be JSON', async () => {
    expect((await receive('<order/>', 'carts/update')).verdict.status).toBe('ignored');
  });

  it.each<[string, string | Uint8Array, string]>([
    ['is not JSON', '{"id":1,', 'json'],
    ['is empty', '', 'json'],
    ['is nested deeper than JSON can be read', '['.repeat(100_000) + ']'.repeat(100_000), 'json'],
    ['is not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 'encoding'],
    ['has U+0000 in a value', ORDER.replace('USD', 'USD\\u0000'), 'text'],
    ['has U+0000 in a key', ORDER.replace('currency', 'curr\\u0000ency'), 'text'],
    ['has a lone surrogate', ORDER.replace('USD', '\\ud800'), 'text'],
    ['is a list', '[]', 'order'],
    ['is null', 'null', 'order'],
    ['has an amount of 1e400', ORDER.replace('"199.650"', '1e400'), 'order'],
    ['has an id of 40 digits', ORDER.replace('820982911946154508', '8'.repeat(40)), 'order'],
  ])('that %s is stored and set aside with the reason', async (_what, body, reason) => {
    const { verdict } = await receive(body);
    expect(verdict).toMatchObject({
      status: 'set-aside',
      reason,
      problems: [{ field: expect.any(String), message: expect.any(String) }],
    });
    expect(inbox.records).toEqual([
      { webhook: expect.objectContaining({ body: Buffer.from(body) }), verdict },
    ]);
  });

  it('that begins with a byte order mark is read', async () => {
    expect((await receive(`\ufeff${ORDER}`)).verdict).toEqual({ status: 'accepted' });
  });

  it('whose headers cannot be read is stored and set aside', async () => {
    const problems = [{ field: 'x-shopify-topic', message: 'the header is missing' }];
    const webhook = {
      webhookId: 'w-1',
      topic: 'unknown',
      shop: 'demo.myshopify.com',
      triggeredAt: undefined,
      body: Buffer.from(ORDER),
    };
    const { verdict } = await new ReceiveWebhook(inbox).execute(webhook, problems);
    expect(verdict).toEqual({ status: 'set-aside', reason: 'headers', problems });
    expect(inbox.records).toEqual([{ webhook, verdict }]);
  });
});
