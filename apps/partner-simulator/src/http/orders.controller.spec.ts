import { verifyWebhookSignature } from '@loyalnest/security';
import { Downstream, PLATFORMS, type RunningApp } from '@loyalnest/testing';
import type { PlacedOrder } from '../use-cases/place-order.js';

const SECRET = 'a-secret-of-the-shop';
const fastify = PLATFORMS.find(({ name }) => name === 'fastify')!;

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

describe('the shop', () => {
  let gateway: Downstream;
  let simulator: RunningApp;

  beforeAll(async () => {
    gateway = await Downstream.start();
    Object.assign(process.env, {
      GATEWAY_URL: gateway.url,
      SHOPIFY_WEBHOOK_SECRET: SECRET,
      LOG_LEVEL: 'silent',
    });
    const { AppModule } = await import('../app.module.js');
    simulator = await fastify.create(AppModule);
  });

  afterAll(async () => {
    await gateway.stop();
    await simulator.close();
  });

  beforeEach(() => {
    gateway.reset();
    gateway.answer(200, { status: 'accepted' }, { 'x-correlation-id': 'the-id' });
  });

  async function order<T = PlacedOrder>(wish?: unknown): Promise<T> {
    const response = await fetch(`${simulator.url}/shop/orders`, {
      method: 'POST',
      ...(wish !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof wish === 'string' ? wish : JSON.stringify(wish),
      }),
    });
    return (await response.json()) as T;
  }

  it('posts a webhook that looks like one from Shopify', async () => {
    const placed = await order();
    expect(gateway.requests).toHaveLength(1);
    const { method, path, headers } = gateway.requests[0]!;
    expect(`${method} ${path}`).toBe('POST /v1/webhooks/shopify');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Shopify-Captain-Hook',
      'x-shopify-api-version': expect.stringMatching(/^\d{4}-\d{2}$/) as string,
      'x-shopify-event-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'x-shopify-shop-domain': 'demo.myshopify.com',
      'x-shopify-topic': 'orders/paid',
      'x-shopify-webhook-id': placed.webhookId,
    });
    expect(Date.parse(String(headers['x-shopify-triggered-at']))).not.toBeNaN();
    expect(Object.keys(headers)).not.toContain('x-correlation-id');
    expect(Object.keys(headers)).not.toContain('x-request-timeout-ms');
  });

  it("returns the order and the gateway's answer", async () => {
    const placed = await order();
    expect(placed).toMatchObject({
      orderId: expect.stringMatching(/^\d{18}$/) as string,
      customerId: '115310627314723954',
      webhookId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      deliveries: [{ status: 200, correlationId: 'the-id', body: { status: 'accepted' } }],
    });
    expect(Number.isSafeInteger(Number(placed.orderId))).toBe(false);
    expect(gateway.requests[0]!.body).toMatch(new RegExp(`^{"id":${placed.orderId},`));
  });

  it('signs the bytes that it sends', async () => {
    await order({ customerId: '820982911946154509', total: '59.95' });
    const { body, headers } = gateway.requests[0]!;
    const signature = String(headers['x-shopify-hmac-sha256']);
    expect(verifyWebhookSignature(body, signature, [SECRET])).toBe(true);
    expect(verifyWebhookSignature(`${body} `, signature, [SECRET])).toBe(false);
    expect(body).toContain('"customer":{"id":820982911946154509,');
    expect(body).toContain('"total_price":"59.95"');
  });

  it('signs with a wrong secret on request', async () => {
    await order({ signature: 'wrong' });
    const { body, headers } = gateway.requests[0]!;
    const signature = String(headers['x-shopify-hmac-sha256']);
    expect(verifyWebhookSignature(body, signature, [SECRET])).toBe(false);
  });

  it('posts many copies of the same webhook at once', async () => {
    const hold = gateway.hold();
    const ordered = order({ copies: 20 });
    await gateway.received(20);
    expect(hold.waiting).toBe(20);
    hold.release({ status: 200 });
    expect((await ordered).deliveries).toHaveLength(20);
    const sent = gateway.requests.map(({ body, headers }) =>
      JSON.stringify([body, headers['x-shopify-webhook-id'], headers['x-shopify-hmac-sha256']]),
    );
    expect(new Set(sent).size).toBe(1);
  });

  it('truncates the body and signs what is left when asked for a malformed one', async () => {
    await order({ malformed: true });
    const { body, headers } = gateway.requests[0]!;
    expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError);
    const signature = String(headers['x-shopify-hmac-sha256']);
    expect(verifyWebhookSignature(body, signature, [SECRET])).toBe(true);
  });

  it('sends an order that the receiver must refuse or ignore, on request', async () => {
    await order({ total: '-1.00', withoutCustomer: true, topic: 'app/uninstalled' });
    const { body, headers } = gateway.requests[0]!;
    expect(JSON.parse(body)).toMatchObject({ customer: null, total_price: '-1.00' });
    expect(headers['x-shopify-topic']).toBe('app/uninstalled');
  });

  it('sends an order again with a new webhook id or with the same one', async () => {
    const first = await order();
    await order({ orderId: first.orderId });
    await order({ orderId: first.orderId, webhookId: first.webhookId });
    const [one, other, again] = gateway.requests.map(({ headers }) =>
      String(headers['x-shopify-webhook-id']),
    );
    expect(other).not.toBe(one);
    expect(again).toBe(one);
    for (const { body } of gateway.requests) expect(body).toContain(`{"id":${first.orderId},`);
  });

  it('gives each customer an e-mail address unless the request has one', async () => {
    await order({ customerId: '42' });
    await order({ customerId: '42', email: 'friend@example.com' });
    const emails = gateway.requests.map(
      ({ body }) => (JSON.parse(body) as { customer: { email: string } }).customer.email,
    );
    expect(emails).toEqual(['customer-42@example.com', 'friend@example.com']);
  });

  it("returns the gateway's answer even if it is an error", async () => {
    gateway.answer(
      401,
      { code: 'WEBHOOK_SIGNATURE' },
      { 'content-type': 'application/problem+json' },
    );
    const { deliveries } = await order();
    expect(deliveries).toMatchObject([{ status: 401, body: { code: 'WEBHOOK_SIGNATURE' } }]);
  });

  it('reports that the gateway hung up', async () => {
    gateway.hangUp();
    const { deliveries } = await order();
    expect(deliveries).toEqual([
      { error: 'HTTP_UNAVAILABLE', durationMs: expect.any(Number) as number },
    ]);
  });

  it('gives up after 5 seconds, as Shopify does', async () => {
    gateway.hang();
    const [delivery] = (await order()).deliveries;
    expect(delivery).toMatchObject({ error: 'HTTP_TIMEOUT' });
    expect(delivery!.durationMs).toBeGreaterThanOrEqual(4_900);
    expect(delivery!.durationMs).toBeLessThan(6_000);
  });

  it.each([
    [{ customerId: 115310627314 }, 'customerId'],
    [{ customerId: '0' }, 'customerId'],
    [{ total: '1.234' }, 'total'],
    [{ total: 5 }, 'total'],
    [{ total: null }, 'total'],
    [{ copies: 51 }, 'copies'],
    [{ signature: 'none' }, 'signature'],
    [{ email: 'nobody' }, 'email'],
    [{ topic: 'orders' }, 'topic'],
    [{ webhookId: 'a b' }, 'webhookId'],
    [{ colour: 'red' }, 'colour'],
  ])('names the invalid field of %j and sends nothing', async (wish, path) => {
    const problem = await order<Problem>(wish);
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.errors).toMatchObject([{ path }]);
    expect(gateway.requests).toEqual([]);
  });

  it('answers truncated JSON with a problem', async () => {
    expect(await order<Problem>('{"total"')).toMatchObject({ status: 400 });
    expect(gateway.requests).toEqual([]);
  });
});
