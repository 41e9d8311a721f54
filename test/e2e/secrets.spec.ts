import { Downstream, eventually } from '@loyalnest/testing';
import { Queue } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { OtlpCollector } from './otlp-collector.js';
import { found, PLANTED, TELLTALE, TELLTALE_QUERY } from './planted-secrets.js';
import {
  APPS,
  newCustomerId,
  orderText,
  SampleStack,
  signatureOf,
  WEBHOOK_SECRET,
  type Answer,
  type AppName,
} from './sample-stack.js';

const HEADERS = {
  authorization: `Bearer ${PLANTED.bearer}`,
  cookie: `session=${PLANTED.cookie}`,
  'x-api-key': PLANTED.apiKey,
  'x-customer-phone': PLANTED.phone,
  'x-customer-email': PLANTED.email,
};
/** Postgres refuses the webhook with this id. Its error repeats the row, which is full of secrets. */
const UNSTORABLE = 'unstorable';

/** Pages of the admin API, except those of a queue. */
const PAGES = ['/admin/queues', '/admin/audit', '/debug/circuits', '/health'];

let collector: OtlpCollector;
let sms: Downstream;
let stack: SampleStack;
let queues: Readonly<Record<'points' | 'referrals', Queue>>;
const problems: Answer[] = [];
const signatures: string[] = [];

beforeAll(async () => {
  [collector, sms] = await Promise.all([OtlpCollector.start(), Downstream.start()]);
  stack = await SampleStack.start({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      SMS_URL: sms.url,
      ADMIN_TOKENS: `grace:destroy:${PLANTED.adminToken}`,
    },
  });
  const points = new Client({ connectionString: stack.pointsDatabase });
  await points.connect();
  await points.query(
    `alter table webhooks add constraint storable check (webhook_id <> '${UNSTORABLE}')`,
  );
  await points.end();
  const connection = { url: stack.redis.url };
  queues = {
    points: new Queue('points', { connection, prefix: '{loyalnest}' }),
    referrals: new Queue('referrals', { connection, prefix: '{loyalnest}' }),
  };
}, 60_000);
afterAll(async () => {
  await Promise.all(Object.values(queues).map((queue) => queue.close()));
  await stack.stop();
  await Promise.all([collector.stop(), sms.stop()]);
}, 60_000);

/** The planted secrets, and the other secrets of this run. */
const secrets = (): readonly string[] => [...Object.values(PLANTED), WEBHOOK_SECRET, ...signatures];

/** Sends a request with secrets in its headers and query, and keeps its problem, if any. */
async function request(
  app: AppName,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const url = `${path}${TELLTALE_QUERY}`;
  const answer = await stack.call(app, method, url, body, { ...HEADERS, ...headers });
  if (answer.status >= 400) problems.push(answer);
  return answer;
}

function webhook(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const signature = signatureOf(body);
  signatures.push(signature);
  return request('api-gateway', 'POST', '/v1/webhooks/shopify', body, {
    'x-shopify-topic': 'orders/paid',
    'x-shopify-shop-domain': 'demo.myshopify.com',
    'x-shopify-webhook-id': randomUUID(),
    'x-shopify-hmac-sha256': signature,
    ...headers,
  });
}

/** An order with planted customer data. */
function order(total = '59.95'): string {
  const text = orderText({
    orderId: newCustomerId(),
    customerId: newCustomerId(),
    total,
    email: PLANTED.email,
  });
  const more = {
    phone: PLANTED.phone,
    note: TELLTALE,
    shipping_address: { address1: PLANTED.street },
    payment: { card_number: PLANTED.card },
  };
  return text.replace(/\}$/, `,${JSON.stringify(more).slice(1)}`);
}

const refer = (wrong: object = {}): Promise<Answer> =>
  request(
    'api-gateway',
    'POST',
    '/v1/referrals',
    JSON.stringify({
      advocateId: newCustomerId(),
      friendPhone: PLANTED.phone,
      friendEmail: PLANTED.email,
      ...wrong,
    }),
  );

/** Enqueues a job like its service would; `more` overrides fields of the envelope. */
async function enqueue(
  queue: keyof typeof queues,
  name: string,
  payload: object,
  more: object = {},
): Promise<void> {
  const context = { correlationId: `planted-${randomUUID()}`, merchantId: 'demo.myshopify.com' };
  const occurredAt = new Date().toISOString();
  const envelope = { id: randomUUID(), version: 1, payload, context, occurredAt, ...more };
  await queues[queue].add(name, envelope, { attempts: 1 });
}

const admin = (app: AppName, path: string): Promise<Answer> =>
  stack.call(app, 'GET', path, undefined, { authorization: `Bearer ${PLANTED.adminToken}` });

it('receives secrets on every path, and fails in every way', async () => {
  // Requests that succeed.
  expect((await webhook(order())).status).toBe(200);
  sms.answer(200, { sid: 'SM1', to: PLANTED.phone });
  const { status, body: referral } = await refer();
  expect(status).toBe(202);
  await eventually(
    async () => {
      const { body } = await stack.call('api-gateway', 'GET', `/v1/referrals/${referral['id']}`);
      expect(body).toMatchObject({ invitation: { channel: 'sms' } });
    },
    { within: '20s' },
  );

  // Requests that are refused or set aside, each by a different part.
  const refusals: readonly (readonly [number, Promise<Answer>])[] = [
    [401, webhook(order(), { 'x-shopify-hmac-sha256': signatureOf('other bytes') })],
    [200, webhook(order().slice(0, -2))],
    [200, webhook(order(), { 'x-shopify-webhook-id': '' })],
    [200, webhook(order(TELLTALE))],
    [200, webhook(order().replace('"note"', `"${TELLTALE}\\u0000"`))],
    [400, refer({ friendPhone: TELLTALE, friendEmail: TELLTALE })],
    [400, refer({ friendEmail: `${PLANTED.email}\0` })],
    [400, refer({ note: TELLTALE, card: PLANTED.card, street: PLANTED.street })],
    [
      400,
      request('api-gateway', 'GET', '/v1/points/accounts/1', undefined, {
        'x-merchant-id': PLANTED.email,
      }),
    ],
    [404, request('api-gateway', 'GET', '/v1/points/accounts/1')],
    [404, request('api-gateway', 'GET', '/v1/nowhere')],
    [404, request('partner-simulator', 'POST', '/nowhere', JSON.stringify(TELLTALE))],
    [413, request('api-gateway', 'POST', '/v1/referrals', TELLTALE.repeat(9_000))],
    [
      415,
      request('api-gateway', 'POST', '/v1/referrals', TELLTALE, {
        'content-type': 'text/telltale',
      }),
    ],
    [400, request('partner-simulator', 'POST', '/sms/messages', JSON.stringify({ to: TELLTALE }))],
    [200, request('points-service', 'POST', '/v1/webhooks/shopify', `{${TELLTALE}`)],
    [401, request('points-service', 'GET', '/admin/queues')],
    [401, request('referrals-service', 'POST', '/debug/circuits/sms/open')],
    [503, webhook(order(), { 'x-shopify-webhook-id': UNSTORABLE })],
    [
      500,
      request('points-service', 'POST', '/v1/webhooks/shopify', order(), {
        'x-shopify-topic': 'orders/paid',
        'x-shopify-shop-domain': 'demo.myshopify.com',
        'x-shopify-webhook-id': UNSTORABLE,
      }),
    ],
  ];
  const answers = await Promise.all(refusals.map(([, answer]) => answer));
  expect(answers.map(({ status: got }) => got)).toEqual(refusals.map(([wanted]) => wanted));
  // The problem may repeat the caller's path, but log lines and spans must not.
  const path = `/v1/points/accounts/${encodeURIComponent(PLANTED.email)}`;
  expect((await stack.call('api-gateway', 'GET', path)).status).toBe(404);

  // Jobs that become dead letters.
  sms.fail(500, { message: `${TELLTALE}, ${PLANTED.street}`, to: PLANTED.phone });
  await stack.call('partner-simulator', 'PUT', '/faults', '{"email":{"errorRatio":1}}');
  const { body: unreached } = await refer();
  await enqueue('referrals', 'referrals.invite', { referralId: unreached['id'] });
  const paid = {
    orderId: '1',
    customerId: '2',
    total: '1',
    currency: 'USD',
    paidAt: new Date().toISOString(),
  };
  await enqueue('points', 'points.calculate', {
    ...paid,
    merchantId: `\u0000${TELLTALE}, ${PLANTED.street}`,
  });
  await enqueue('points', 'points.calculate', { total: TELLTALE, [PLANTED.email]: TELLTALE });
  await enqueue('points', 'points.calculate', paid, { expiresAt: `1 Jan 2020 (${TELLTALE})` });
  await queues.points.add('points.calculate', { note: TELLTALE });
  await eventually(
    async () => {
      expect(await queues.referrals.getFailedCount()).toBeGreaterThanOrEqual(1);
      expect(await queues.points.getFailedCount()).toBe(4);
    },
    { within: '30s' },
  );
}, 90_000);

it('leaks none of them in the output of a service', async () => {
  for (const app of APPS) {
    const output = await stack.outputOf(app);
    expect(output.split('\n').length).toBeGreaterThan(10);
    expect({ app, found: found(output, secrets()) }).toEqual({ app, found: [] });
  }
  const lines = [...(await stack.logOf('points-service')), ...(await stack.logOf('api-gateway'))];
  const texts = lines.map(({ msg }) => msg);
  expect(texts).toContain('GET [redacted] 404');
  expect(texts).toContain('points.calculate became a dead letter');
  expect(texts).toContainEqual(expect.stringMatching(/^POST \/v1\/webhooks\/shopify failed/));
  expect(lines).toContainEqual(
    expect.objectContaining({ reason: expect.stringContaining('no SMS to [redacted]') }),
  );
});

it('leaks none of them in the metrics of a service', async () => {
  for (const app of APPS) {
    const text = await (await fetch(`${stack.urlOf(app)}/metrics`)).text();
    expect(text).toContain('http_server_request_duration_seconds_count');
    expect({ app, found: found(text, secrets()) }).toEqual({ app, found: [] });
  }
});

it('leaks none of them in a span', async () => {
  // Services send their queued spans every 5 s.
  const isExported = (part: string): boolean => collector.texts.some((text) => text.includes(part));
  for (const part of [
    '"key":"url.path","value":{"stringValue":"[redacted]"}',
    'no SMS to [redacted]',
  ]) {
    await eventually(() => isExported(part), { within: '15s' });
  }
  for (const app of APPS) {
    await eventually(() => collector.spans.some(({ service }) => service === app), {
      within: '15s',
    });
  }
  expect(found(collector.texts.join('\n'), secrets())).toEqual([]);
});

it('leaks none of them in a problem', () => {
  expect(problems.length).toBeGreaterThanOrEqual(15);
  for (const { status, headers, body } of problems) {
    expect(body).toMatchObject({ status, code: expect.any(String) });
    const all = JSON.stringify({ body, headers: [...headers] });
    expect({ body, found: found(all, secrets()) }).toEqual({ body, found: [] });
  }
});

it('leaks none of them in the error text of a dead letter', async () => {
  const letters = (
    await Promise.all(Object.values(queues).map((queue) => queue.getFailed()))
  ).flat();
  const texts = letters.flatMap(({ failedReason, stacktrace }) => [
    failedReason,
    ...(stacktrace ?? []),
  ]);
  expect(letters.length).toBeGreaterThanOrEqual(5);
  expect(texts.filter((text) => text.includes('no SMS to [redacted]'))).not.toEqual([]);
  expect(found(JSON.stringify(texts), secrets())).toEqual([]);
  // Only the payload contains them: a redrive needs it.
  expect(found(JSON.stringify(letters.map(({ data }) => data as unknown)), secrets())).not.toEqual(
    [],
  );
});

it('leaks none of them through the admin API unless payloads are requested', async () => {
  const reasons = new Set<unknown>();
  for (const queue of ['points', 'referrals'] as const) {
    const path = `/admin/dead-letters/${queue}`;
    const { body: letters } = await admin('points-service', path);
    const items = letters['items'] as readonly { id: string; reason: string }[];
    expect(items).not.toEqual([]);
    for (const { reason } of items) reasons.add(reason);
    const ids = items.map(({ id }) => encodeURIComponent(id));
    const below = ['groups', 'discarded', 'redrives', ...ids].map((part) => `${path}/${part}`);
    for (const page of [...PAGES, `/admin/queues/${queue}`, path, ...below]) {
      const { status, body } = await admin('points-service', page);
      const seen = { page, status, found: found(JSON.stringify(body), secrets()) };
      expect(seen).toEqual({ page, status: 200, found: [] });
    }
  }
  expect([...reasons].toSorted()).toEqual(['exhausted', 'expired', 'invalid', 'unrecoverable']);
});
