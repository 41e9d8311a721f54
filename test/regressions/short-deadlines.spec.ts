import { Downstream, freePort, ServiceProcess } from '@loyalnest/testing';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Twenty requests with a deadline of 1 ms opened the gateway's circuit for all shops.
const TIMES = 40;

let services: Downstream;
let gateway: ServiceProcess;

async function start(environment: Record<string, string> = {}): Promise<void> {
  services = await Downstream.start();
  gateway = await ServiceProcess.start({
    app: 'api-gateway',
    port: await freePort(),
    logFile: join(tmpdir(), `loyalnest-short-deadlines-${randomUUID()}.log`),
    readyWithin: '60s',
    env: {
      POINTS_URL: services.url,
      REFERRALS_URL: services.url,
      SHOPIFY_WEBHOOK_SECRETS: 'short-deadlines-webhook-secret',
      ADMIN_TOKENS: 'ops:view:short-deadlines-admin-token',
      ...environment,
    },
  });
}

afterEach(async () => {
  await gateway.stop();
  await services.stop();
}, 60_000);

function ask(leftMs?: number): Promise<Response> {
  const headers: Record<string, string> = { 'x-merchant-id': `shop-${randomUUID()}` };
  if (leftMs !== undefined) headers['x-request-timeout-ms'] = String(leftMs);
  return fetch(`${gateway.url}/v1/points/accounts/7`, { headers });
}

async function askOften(leftMs: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: TIMES }, () => ask(leftMs)));
  for (const answer of answers) {
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  }
}

interface Circuit {
  readonly name: string;
  readonly state: string;
  readonly failures: number;
}

async function circuit(): Promise<Circuit> {
  const answer = await fetch(`${gateway.url}/debug/circuits`, {
    headers: { authorization: 'Bearer short-deadlines-admin-token' },
  });
  const circuits = (await answer.json()) as { circuits?: Circuit[] } | Circuit[];
  const all = Array.isArray(circuits) ? circuits : circuits.circuits!;
  return all.find(({ name }) => name === 'points-service')!;
}

async function expectOthersServed(): Promise<void> {
  services.answer(200, { balance: 7 });
  await expect(circuit()).resolves.toMatchObject({ state: 'closed', failures: 0 });
  expect((await ask()).status).toBe(200);
}

it('deadlines below the floor are answered 504 at once, without a call', async () => {
  await start();
  await askOften(1);
  await askOften(49);
  expect(services.requests).toEqual([]);
  await expectOthersServed();
}, 120_000);

it('short deadlines above the floor do not open the circuit for other shops', async () => {
  await start();
  services.hang();
  await askOften(60);
  await expectOthersServed();
}, 120_000);

it('not even without a floor', async () => {
  await start({ MIN_REQUEST_TIMEOUT: '0ms' });
  services.hang();
  await askOften(0);
  await askOften(1);
  await askOften(20);
  await expectOthersServed();
}, 120_000);

it("a service's 504 that answers a caller's deadline does not open it either", async () => {
  await start();
  const body = JSON.stringify({ status: 504, code: 'DEADLINE_EXCEEDED' });
  services.answer(504, body, { 'content-type': 'application/problem+json' });
  const answers = await Promise.all(Array.from({ length: TIMES }, () => ask(1_500)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]));
  await expectOthersServed();
}, 120_000);

it("a service that refuses the gateway's credential is a 503, and never a 401", async () => {
  await start();
  const authenticate = { 'www-authenticate': 'Bearer error="invalid_token"' };
  for (const [status, headers] of [
    [401, authenticate],
    [407, {}],
    [403, authenticate],
  ] as const) {
    services.answer(status, { secret: 'internal' }, headers);
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await answer.json()).toMatchObject({ status: 503, code: 'CREDENTIAL_REFUSED' });
  }
  // A business refusal is an answer to the user.
  services.answer(403, { code: 'ACCOUNT_LOCKED' });
  const refused = await ask();
  expect(refused.status).toBe(403);
  expect(await refused.json()).toEqual({ code: 'ACCOUNT_LOCKED' });
  await expectOthersServed();
}, 120_000);
