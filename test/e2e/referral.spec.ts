import { eventually } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { newCustomerId, orderText, SampleStack } from './sample-stack.js';

let stack: SampleStack;

beforeAll(async () => {
  stack = await SampleStack.start();
}, 60_000);
afterAll(async () => {
  await stack.stop();
}, 60_000);
afterEach(async () => {
  await stack.call('partner-simulator', 'DELETE', '/faults');
  // The faults of one test must not open the circuit for the next.
  const path = '/debug/circuits/sms/reset';
  await stack.call('referrals-service', 'POST', path, undefined, {
    authorization: 'Bearer dev-only-admin-token',
  });
});

let friends = 0;

async function refer(email = `friend-${++friends}@example.com`): Promise<string> {
  const answer = await stack.call(
    'api-gateway',
    'POST',
    '/v1/referrals',
    JSON.stringify({
      advocateId: newCustomerId(),
      friendPhone: `+1555010${String(++friends).padStart(4, '0')}`,
      friendEmail: email,
    }),
  );
  expect(answer).toMatchObject({ status: 202, body: { state: 'created' } });
  return String(answer.body['id']);
}

function referral(id: string) {
  return stack.call('api-gateway', 'GET', `/v1/referrals/${id}`);
}

async function invited(id: string, invitation: object): Promise<void> {
  await eventually(
    async () => expect((await referral(id)).body).toMatchObject({ state: 'invited', invitation }),
    { within: '20s' },
  );
}

function faults(switches: object) {
  return stack.call('partner-simulator', 'PUT', '/faults', JSON.stringify(switches));
}

async function circuit(): Promise<unknown> {
  const { body } = await stack.call('referrals-service', 'GET', '/health');
  const details = body['details'] as Record<string, { observed?: { sms?: string } }>;
  return details['circuit-breakers']?.observed?.sms;
}

it('invites the friend by SMS', async () => {
  await invited(await refer(), { channel: 'sms' });
});

it('does not reveal the e-mail address of the friend', async () => {
  const id = await refer('secret@example.com');
  expect(JSON.stringify((await referral(id)).body)).not.toContain('secret@example.com');
});

it('changes to ordered when the friend places an order', async () => {
  const email = 'Grace@Example.com';
  const id = await refer(email);
  await invited(id, { channel: 'sms' });
  await stack.webhook(
    orderText({ orderId: '4711', customerId: newCustomerId(), email: 'grace@example.com' }),
  );
  await eventually(
    async () =>
      expect((await referral(id)).body).toMatchObject({ state: 'ordered', orderId: '4711' }),
    { within: '15s' },
  );
});

it('retries when the SMS provider fails intermittently', async () => {
  await faults({ sms: { errorRatio: 0.3 }, seed: 1 });
  const id = await refer();
  await eventually(
    async () => expect((await referral(id)).body).toMatchObject({ state: 'invited' }),
    { within: '20s' },
  );
});

it('waits for a slow provider within the timeout', async () => {
  await faults({ sms: { latency: '300ms' } });
  await invited(await refer(), { channel: 'sms' });
});

it('sends an e-mail when the provider hangs, after each attempt has timed out', async () => {
  await faults({ sms: { hang: true } });
  await invited(await refer(), { channel: 'email', fallbackReason: 'TIMEOUT' });
});

it('hands a running invite back when the service stops, and sends it after the restart', async () => {
  await faults({ sms: { hang: true } });
  const id = await refer();
  const redis = new Redis(stack.redis.url, { disconnectTimeout: 50 });
  await eventually(async () =>
    expect(await redis.llen('{loyalnest}:referrals:active')).toBeGreaterThan(0),
  );
  redis.disconnect();
  const exit = await stack.apps.get('referrals-service')!.stop();
  expect(exit.code).toBe(0);
  await stack.call('partner-simulator', 'DELETE', '/faults');
  await stack.launch('referrals-service');
  await invited(id, { channel: 'sms' });
}, 60_000);

it('opens the circuit when the provider is down, falls back immediately, and recovers', async () => {
  await faults({ sms: { errorRatio: 1 } });
  await invited(await refer(), { channel: 'email' });
  await eventually(async () => expect(await circuit()).toBe('open'), { within: '10s' });
  await invited(await refer(), { channel: 'email', fallbackReason: 'CIRCUIT_OPEN' });
  const ready = await stack.call('referrals-service', 'GET', '/health/ready');
  expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
  await stack.call('partner-simulator', 'DELETE', '/faults');
  await eventually(
    async () => {
      const id = await refer();
      await invited(id, { channel: 'sms' });
    },
    { within: '40s', every: '1s' },
  );
  await eventually(async () => expect(await circuit()).toBe('closed'), { within: '15s' });
}, 90_000);

it('lets only an admin force the circuit open', async () => {
  const command = (name: string, token?: string) =>
    stack.call(
      'referrals-service',
      'POST',
      `/debug/circuits/sms/${name}`,
      undefined,
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    );
  expect(await command('open')).toMatchObject({ status: 401, body: { code: 'ADMIN_ACCESS' } });
  expect(await command('open', 'dev-only-admin-token')).toMatchObject({
    status: 200,
    body: { name: 'sms', state: 'forced-open' },
  });
  await invited(await refer(), { channel: 'email', fallbackReason: 'CIRCUIT_OPEN' });
  expect(await command('reset', 'dev-only-admin-token')).toMatchObject({ status: 200 });
  await invited(await refer(), { channel: 'sms' });
});

it.each([
  [{ advocateId: 5 }, 'advocateId'],
  [{ friendPhone: '0151' }, 'friendPhone'],
  [{ friendEmail: 'nobody' }, 'friendEmail'],
  [{ surplus: true }, 'surplus'],
])('refuses %p and names the wrong field', async (wrong, field) => {
  const answer = await stack.call(
    'api-gateway',
    'POST',
    '/v1/referrals',
    JSON.stringify({
      advocateId: '1',
      friendPhone: '+4915112345678',
      friendEmail: 'ada@example.com',
      ...wrong,
    }),
  );
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toEqual([expect.objectContaining({ path: field })]);
});

it('answers 404 for a referral of another shop or an unknown one', async () => {
  const id = await refer();
  const other = await stack.call('api-gateway', 'GET', `/v1/referrals/${id}`, undefined, {
    'x-merchant-id': 'other.myshopify.com',
  });
  expect(other).toMatchObject({ status: 404, body: { code: 'REFERRAL_NOT_FOUND' } });
  expect((await referral('none')).status).toBe(404);
});
