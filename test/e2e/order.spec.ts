import type { Duration } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Client } from 'pg';
import { newCustomerId, orderText, SampleStack, SHOP } from './sample-stack.js';

let stack: SampleStack;
let points: Client;

beforeAll(async () => {
  // Without persistence, so that Redis loses its data when it is killed.
  stack = await SampleStack.start({ appendOnly: false });
  points = new Client({ connectionString: stack.pointsDatabase });
  points.on('error', () => {});
  await points.connect();
}, 60_000);
afterAll(async () => {
  await points.end();
  await stack.stop();
}, 60_000);

async function balanceOf(
  customerId: string,
  available: number,
  within: Duration = '15s',
): Promise<void> {
  await eventually(
    async () => {
      const { status, body } = await stack.balance(customerId);
      expect(status).toBe(200);
      expect(body).toMatchObject({ available });
    },
    { within },
  );
}

async function storedWebhooks(): Promise<number> {
  const { rows } = await points.query('select count(*)::int as count from webhooks');
  return rows[0].count as number;
}

let orders = 0;
const newOrderId = (): string => String(820_982_911_946_100_000n + BigInt(++orders));

describe('a paid order', () => {
  it('of the shop earns points', async () => {
    const customerId = '115310627314723954';
    const order = await stack.call(
      'partner-simulator',
      'POST',
      '/shop/orders',
      JSON.stringify({ customerId, total: '199.65' }),
    );
    expect(order.status).toBeLessThan(300);
    expect(order.body).toMatchObject({ deliveries: [{ status: 200 }] });
    await balanceOf(customerId, 199);
    const { rows } = await points.query(
      'select type, points, source_id, seq from ledger_events where customer_id = $1 order by seq',
      [customerId],
    );
    expect(rows).toEqual([
      { type: 'PointsPending', points: '199', source_id: String(order.body['orderId']), seq: 1 },
      { type: 'PointsActivated', points: '199', source_id: String(order.body['orderId']), seq: 2 },
    ]);
  });

  it('keeps every digit of an id beyond 2^53', async () => {
    const customerId = newCustomerId();
    const orderId = '820982911946154508';
    await stack.webhook(orderText({ orderId, customerId }));
    await balanceOf(customerId, 59);
    const { rows } = await points.query(
      'select distinct source_id from ledger_events where customer_id = $1',
      [customerId],
    );
    expect(rows).toEqual([{ source_id: orderId }]);
  });

  it('earns once when its webhook arrives 20 times at once', async () => {
    const customerId = newCustomerId();
    const body = orderText({ orderId: newOrderId(), customerId });
    const webhookId = `w-${customerId}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => stack.webhook(body, { webhookId })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const outcomes = answers.map(({ body: { status } }) => status);
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    await balanceOf(customerId, 59);
    await eventually(
      async () => {
        const { rows } = await points.query('select count(*)::int as count from loyalnest_outbox');
        expect(rows[0].count).toBe(0);
      },
      { within: '20s' },
    );
    await balanceOf(customerId, 59);
  });

  it('earns once when two webhooks with different ids deliver it', async () => {
    const customerId = newCustomerId();
    const body = orderText({ orderId: newOrderId(), customerId });
    const answers = [await stack.webhook(body), await stack.webhook(body)];
    expect(answers.map(({ body: { status } }) => status)).toEqual(['accepted', 'accepted']);
    const next = orderText({ orderId: newOrderId(), customerId, total: '1' });
    await stack.webhook(next);
    await balanceOf(customerId, 60);
  });

  it('keeps its correlation id and merchant from the webhook to the last job', async () => {
    const customerId = newCustomerId();
    const correlationId = `order-${customerId}`;
    const { headers } = await stack.webhook(orderText({ orderId: newOrderId(), customerId }), {
      headers: { 'x-correlation-id': correlationId },
    });
    expect(headers.get('x-correlation-id')).toBe(correlationId);
    await eventually(
      async () => {
        const gateway = await stack.logOf('api-gateway');
        const service = await stack.logOf('points-service');
        const referrals = await stack.logOf('referrals-service');
        const ours = (line: Record<string, unknown>): boolean =>
          line['correlationId'] === correlationId;
        expect(gateway.filter(ours).map(({ msg }) => msg)).toContain(
          'POST /v1/webhooks/shopify 200',
        );
        expect(service.filter(ours).map(({ msg }) => msg)).toContain('points.calculate completed');
        expect(referrals.filter(ours).map(({ msg }) => msg)).toContain(
          'referrals.note-order completed',
        );
        const entry = gateway.filter(({ msg }) => msg === 'POST /v1/webhooks/shopify 200');
        const lines = [...entry, ...service, ...referrals].filter(ours);
        const merchants = lines.map(({ merchant }) => merchant);
        expect(new Set(merchants)).toEqual(new Set([SHOP]));
      },
      { within: '15s' },
    );
  });
});

describe('bad input', () => {
  it('with a wrong signature gets 401 and is not stored', async () => {
    const before = await storedWebhooks();
    const body = orderText({ orderId: newOrderId(), customerId: newCustomerId() });
    const signature = Buffer.alloc(32).toString('base64');
    const answer = await stack.webhook(body, { signature });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'WEBHOOK_SIGNATURE', status: 401 });
    expect(await storedWebhooks()).toBe(before);
  });

  it('with a signature of other bytes gets 401', async () => {
    const body = orderText({ orderId: newOrderId(), customerId: newCustomerId() });
    const spaced = body.replace('"currency"', ' "currency"');
    const { createHmac } = await import('node:crypto');
    const signature = createHmac('sha256', 'e2e-webhook-secret').update(body).digest('base64');
    expect((await stack.webhook(spaced, { signature })).status).toBe(401);
  });

  it.each<[string, string | Buffer, object]>([
    ['that is not JSON', '{"id": 1,', { reason: 'json' }],
    ['that is not UTF-8', Buffer.from('{"id":"\xff"}', 'latin1'), { reason: 'encoding' }],
    ['with U+0000', '{"id":"\\u0000"}', { reason: 'text', errors: [{ path: 'id' }] }],
    [
      'with a negative total',
      orderText({ orderId: '1', customerId: '1', total: '-5.00' }),
      { reason: 'order', errors: [{ path: 'total_price', message: 'must not be negative' }] },
    ],
  ])('%s is set aside with 200: stored byte for byte, logged, counted', async (what, body, why) => {
    const webhookId = `set-aside-${what.replaceAll(/\W+/g, '-')}`;
    const before = await counted('set-aside');
    const first = await stack.webhook(body, { webhookId });
    expect(first).toMatchObject({ status: 200, body: { status: 'set-aside', ...why } });
    const repeated = await stack.webhook(body, { webhookId });
    expect(repeated).toMatchObject({ status: 200, body: { status: 'duplicate', ...why } });
    const { rows } = await points.query(
      "select payload, verdict->>'status' as status from webhooks where webhook_id = $1",
      [webhookId],
    );
    expect(rows).toEqual([{ payload: Buffer.from(body), status: 'set-aside' }]);
    await eventually(async () => expect(await counted('set-aside')).toBe(before + 1));
    const log = await stack.logOf('points-service');
    const lines = log.map(({ msg }) => String(msg)).filter((text) => text.includes(webhookId));
    expect(lines).toEqual([expect.stringContaining(`set aside webhook ${webhookId}`)]);
  });

  it.each(['application/json', 'text/plain', 'application/xml', 'multipart/form-data'])(
    'without a signature gets 401 as %s',
    async (type) => {
      const headers = { 'content-type': type, 'x-shopify-hmac-sha256': '' };
      const answer = await stack.webhook('{"id":1}', { headers });
      expect(answer).toMatchObject({ status: 401, body: { code: 'WEBHOOK_SIGNATURE' } });
    },
  );

  it('of 5 MB is stored', async () => {
    const lines = Array.from({ length: 2_000 }, (_unused, id) => ({ id, note: 'x'.repeat(2_400) }));
    const body = orderText({ orderId: newOrderId(), customerId: newCustomerId() }).replace(
      /\}$/,
      `,"line_items":${JSON.stringify(lines)}}`,
    );
    expect(body.length).toBeGreaterThan(4_800_000);
    expect(await stack.webhook(body)).toMatchObject({ status: 200, body: { status: 'accepted' } });
  });

  it('without a customer is stored, counted and earns nothing', async () => {
    const answer = await stack.webhook(
      '{"id":1,"currency":"USD","total_price":"5","customer":null}',
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ignored', reason: 'no-customer' },
    });
    await eventually(async () => expect(await counted('ignored')).toBeGreaterThan(0));
  });

  it('with an unknown topic is stored, counted and earns nothing', async () => {
    const before = await counted('ignored');
    const stored = await storedWebhooks();
    const answer = await stack.webhook('{"id":1}', { topic: 'carts/update' });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ignored', reason: 'unknown-topic' },
    });
    await eventually(async () => expect(await counted('ignored')).toBe(before + 1));
    expect(await storedWebhooks()).toBe(stored + 1);
  });

  it.each(['x-shopify-webhook-id', 'x-shopify-topic', 'x-shopify-shop-domain'])(
    'without the header %s is set aside',
    async (header) => {
      const body = orderText({ orderId: newOrderId(), customerId: newCustomerId() });
      const stored = await storedWebhooks();
      const answer = await stack.webhook(body, { headers: { [header]: '' } });
      expect(answer).toMatchObject({
        status: 200,
        body: { reason: 'headers', errors: [{ path: header, message: 'the header is missing' }] },
      });
      expect(await storedWebhooks()).toBe(stored + 1);
    },
  );

  it('in a request for points gets an error that names what is missing', async () => {
    const unknown = await stack.balance('999');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'ACCOUNT_NOT_FOUND' } });
    const nameless = await stack.call('api-gateway', 'GET', '/v1/points/accounts/1', undefined, {
      'x-merchant-id': '',
    });
    expect(nameless).toMatchObject({ status: 400, body: { code: 'MERCHANT_MISSING' } });
  });

  /** Up to one second old, because the service reuses a collection for that long. */
  async function counted(outcome: string): Promise<number> {
    const text = await (await fetch(`${stack.urlOf('points-service')}/metrics`)).text();
    const line = new RegExp(`loyalnest_webhooks_total\\{.*outcome="${outcome}".*\\} (\\d+)`);
    return Number(line.exec(text)?.[1] ?? 0);
  }
});

describe('during an outage, the stack', () => {
  it('answers webhooks with 200 without Redis and awards the points later, even if Redis lost its data', async () => {
    const customerId = newCustomerId();
    await stack.redis.kill();
    for (let i = 0; i < 5; i++) {
      const answer = await stack.webhook(
        orderText({ orderId: newOrderId(), customerId, total: '10' }),
      );
      expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } });
    }
    expect((await stack.call('points-service', 'GET', '/health/ready')).status).toBe(200);
    await stack.redis.restart();
    await balanceOf(customerId, 50);
  });

  it('loses no order and awards none twice when Redis dies under load', async () => {
    const customerId = newCustomerId();
    const send = (count: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, () =>
          stack.webhook(orderText({ orderId: newOrderId(), customerId, total: '1' })),
        ),
      );
    for (let round = 0; round < 3; round++) {
      const sent = send(60);
      // By now some jobs wait, some run and some have ended.
      await eventually(async () => expect((await stack.balance(customerId)).status).toBe(200));
      await stack.redis.kill();
      await stack.redis.restart();
      await sent;
    }
    await eventually(
      async () => {
        const { rows } = await points.query('select count(*)::int as count from loyalnest_outbox');
        expect(rows[0].count).toBe(0);
      },
      { within: '40s' },
    );
    await balanceOf(customerId, 180);
  }, 60_000);

  it('answers webhooks with 503 and Retry-After without Postgres and awards the points on redelivery', async () => {
    const customerId = newCustomerId();
    const body = orderText({ orderId: newOrderId(), customerId });
    await stack.postgres.kill();
    const answer = await stack.webhook(body, { webhookId: 'during-outage' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    await stack.postgres.restart();
    await eventually(
      async () => {
        const again = await stack.webhook(body, { webhookId: 'during-outage' });
        expect(again).toMatchObject({ status: 200 });
      },
      { within: '15s' },
    );
    await balanceOf(customerId, 59);
    points = new Client({ connectionString: stack.pointsDatabase });
    await points.connect();
  });
});

it('an order that was accepted before points-service died earns its points after the restart', async () => {
  const customerId = newCustomerId();
  await stack.webhook(orderText({ orderId: newOrderId(), customerId, total: '7' }));
  await stack.apps.get('points-service')!.kill();
  const answer = await stack.balance(customerId);
  expect(answer).toMatchObject({ status: 503, body: { status: 503 } });
  await stack.launch('points-service');
  // A killed process may have claimed the event (lease 30 s) or begun the job, which continues after
  // its lock (30 s) at the next check for stalled jobs (every 30 s).
  await balanceOf(customerId, 7, '75s');
}, 120_000);

it('every service exits with code 0 on SIGTERM', async () => {
  const exits = await Promise.all([...stack.apps.values()].map((app) => app.stop()));
  expect(exits.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
});
