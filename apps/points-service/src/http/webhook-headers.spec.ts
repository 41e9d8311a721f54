import { readWebhookHeaders } from './webhook-headers.js';

const HEADERS = {
  'x-shopify-webhook-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
  'x-shopify-topic': 'orders/paid',
  'x-shopify-shop-domain': 'demo.myshopify.com',
  'x-shopify-triggered-at': '2026-11-21T12:00:00-05:00',
};
const BODY = Buffer.from('{}');
const HASH = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

it('reads the headers of a webhook', () => {
  expect(readWebhookHeaders(HEADERS, BODY)).toEqual({
    webhook: {
      webhookId: '98880550-7158-44d4-b7cd-2c97c8a091b5',
      topic: 'orders/paid',
      shop: 'demo.myshopify.com',
      triggeredAt: '2026-11-21T17:00:00.000Z',
      body: BODY,
    },
    problems: [],
  });
});

it.each([
  ['x-shopify-webhook-id', undefined, 'is missing', { webhookId: HASH }],
  ['x-shopify-webhook-id', 'w'.repeat(256), 'is malformed', { webhookId: HASH }],
  ['x-shopify-webhook-id', 'a\u0000b', 'is malformed', { webhookId: HASH }],
  ['x-shopify-topic', '', 'is missing', { topic: 'unknown' }],
  ['x-shopify-topic', 'orders/paid, orders/paid', 'is malformed', { topic: 'unknown' }],
  ['x-shopify-topic', `a/${'b'.repeat(10_000)}`, 'is malformed', { topic: 'unknown' }],
  ['x-shopify-shop-domain', 'd\u00e9mo', 'is malformed', { shop: 'unknown' }],
  ['x-shopify-shop-domain', 's'.repeat(10_000), 'is malformed', { shop: 'unknown' }],
])('names %s %p as a problem and replaces it', (name, value, problem, replaced) => {
  const { webhook, problems } = readWebhookHeaders({ ...HEADERS, [name]: value }, BODY);
  expect(problems).toEqual([{ field: name, message: `the header ${problem}` }]);
  expect(webhook).toMatchObject(replaced);
});

it.each([
  ['+275760-09-13T00:00:00Z'],
  ['0000-01-01T00:00:00Z'],
  ['-000001-01-01T00:00:00Z'],
  ['10000-01-01'],
  ['2026-13-45'],
  ['soon'],
  [undefined],
])('ignores the time %p, which Postgres could not store', (time) => {
  const { webhook } = readWebhookHeaders({ ...HEADERS, 'x-shopify-triggered-at': time }, BODY);
  expect(webhook.triggeredAt).toBeUndefined();
});
