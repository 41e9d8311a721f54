import { Downstream, eventually, freePort, RedisServer, ServiceProcess } from '@loyalnest/testing';
import { createHmac, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SECRET = 'e2e-webhook-secret';
const PER_IP = 40;
const PER_MERCHANT = 60;

let redis: RedisServer;
let services: Downstream;
const gateways: ServiceProcess[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  services = await Downstream.start();
}, 60_000);
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((one) => one.stop()));
}, 60_000);
afterAll(async () => {
  await services.stop();
  await redis.stop();
}, 60_000);

async function gateway(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const started = await ServiceProcess.start({
    app: 'api-gateway',
    port: await freePort(),
    logFile: join(tmpdir(), `loyalnest-e2e-throttling-${randomUUID()}.log`),
    readyWithin: '30s',
    env: {
      POINTS_URL: services.url,
      REFERRALS_URL: services.url,
      SHOPIFY_WEBHOOK_SECRETS: SECRET,
      REDIS_URL: redis.url,
      RATE_LIMIT_PER_IP: String(PER_IP),
      RATE_LIMIT_PER_MERCHANT: String(PER_MERCHANT),
      TRUST_PROXY: '1',
      ...environment,
    },
  });
  gateways.push(started);
  return started;
}

/** Each test uses its own addresses and shops, because Redis remembers them for a minute. */
const own = randomUUID().slice(0, 4);
let tests = 0;
const address = (): string => `2001:db8:${own}:${(++tests).toString(16)}::1`;

const newShop = (): string => `shop-${own}-${++tests}`;

function ask({ url }: ServiceProcess, from: string, shop: string): Promise<Response> {
  return fetch(`${url}/v1/points/accounts/7`, {
    headers: { 'x-forwarded-for': from, 'x-merchant-id': shop },
  });
}

async function webhook({ url }: ServiceProcess, from: string, shop: string, secret = SECRET) {
  const body = '{"id":1}';
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'x-forwarded-for': from,
    'x-shopify-shop-domain': shop,
    'x-shopify-hmac-sha256': signature,
  };
  return (await fetch(`${url}/v1/webhooks/shopify`, { method: 'POST', body, headers })).status;
}

async function times<T>(count: number, task: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await task(i));
  return results;
}

const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((seen) => seen === status).length;

/** Max requests allowed for an address since then, including the refill on a slow machine. */
const maxSince = (startedAt: number): number =>
  PER_IP + 1 + Math.ceil(((performance.now() - startedAt) / 60_000) * PER_IP);

it('two gateways share the limit of an address', async () => {
  const both = [await gateway(), await gateway()];
  const [from, shop] = [address(), newShop()];
  const startedAt = performance.now();
  const answers = await times(2 * PER_IP, (i) => ask(both[i % 2]!, from, shop));
  const statuses = answers.map(({ status }) => status);
  expect(count(statuses, 200)).toBeGreaterThanOrEqual(PER_IP);
  expect(count(statuses, 200)).toBeLessThanOrEqual(maxSince(startedAt));
  const refused = answers.findLast(({ status }) => status === 429)!;
  expect(refused.headers.get('ratelimit-policy')).toBe(
    `"ip";q=${PER_IP};w=60, "merchant";q=${PER_MERCHANT};w=60`,
  );
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(refused.headers.get('content-type')).toMatch('application/problem+json');
  expect(await refused.json()).toMatchObject({ status: 429, code: 'REQUEST_THROTTLED' });
  expect((await ask(both[0]!, address(), shop)).status).toBe(200);
  expect((await fetch(`${both[0]!.url}/health/ready`)).status).toBe(200);
}, 60_000);

it('neither forged webhooks nor requests in the name of a shop block its signed webhooks', async () => {
  const one = await gateway();
  const shop = newShop();
  for (let i = 0; i < 3; i++) {
    const from = address();
    const forged = await times(PER_IP, () => webhook(one, from, shop, 'guessed'));
    expect(count(forged, 401)).toBe(PER_IP);
    await times(PER_IP, () => ask(one, from, shop));
  }
  const signed = await times(3, () => webhook(one, address(), shop));
  expect(signed).toEqual([200, 200, 200]);
}, 60_000);

it('limits the webhooks of a shop over all of its addresses', async () => {
  const one = await gateway();
  const shop = newShop();
  const statuses: number[] = [];
  for (const from of [address(), address(), address()]) {
    statuses.push(...(await times(PER_IP - 10, () => webhook(one, from, shop))));
  }
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(count(statuses, 200)).toBeGreaterThanOrEqual(PER_MERCHANT);
  expect(await webhook(one, address(), newShop())).toBe(200);
}, 60_000);

it('keeps answering and limiting when Redis is killed, never with 500', async () => {
  const one = await gateway();
  const [from, shop] = [address(), newShop()];
  expect((await ask(one, from, shop)).status).toBe(200);
  await redis.kill();
  try {
    const startedAt = performance.now();
    const answers = await times(PER_IP + 20, () => ask(one, from, shop));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(count(statuses, 200)).toBeGreaterThanOrEqual(PER_IP);
    expect(count(statuses, 200)).toBeLessThanOrEqual(maxSince(startedAt));
    // Only the requests that detect the outage wait for Redis.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await eventually(
      async () => {
        const health = (await (await fetch(`${one.url}/health`)).json()) as { status: string };
        expect(health.status).toBe('degraded');
      },
      { within: '15s' },
    );
  } finally {
    await redis.restart();
  }
  await eventually(
    async () => {
      const metrics = await (await fetch(`${one.url}/metrics`)).text();
      expect(metrics).toMatch(/loyalnest_throttling_redis_up(\{.*\})? 1\n/);
    },
    { within: '10s' },
  );
  expect((await ask(one, address(), newShop())).status).toBe(200);
}, 60_000);

it('shares its limits while it drains, and answers no request with 500', async () => {
  // Makes it serve for 5 s after the signal, as in Kubernetes.
  const draining = await gateway({ KUBERNETES_SERVICE_HOST: '10.0.0.1' });
  const other = await gateway();
  const ended = draining.stop('20s');
  await eventually(async () => {
    expect((await fetch(`${draining.url}/health/ready`)).status).toBe(503);
  });
  const [from, shop] = [address(), newShop()];
  expect((await ask(draining, from, shop)).status).toBe(200);
  // Uses up the limit until the next request is allowed only after more than a second.
  for (let answer: Response | undefined; answer?.headers.get('retry-after') !== '2';) {
    answer = await ask(other, from, shop);
  }
  // Counting alone, it would allow this request.
  expect((await ask(draining, from, shop)).status).toBe(429);
  const statuses: number[] = [];
  const load = address();
  for (let answer; (answer = await ask(draining, load, shop).catch(() => undefined));) {
    statuses.push(answer.status);
  }
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(await ended).toMatchObject({ code: 0 });
}, 60_000);
