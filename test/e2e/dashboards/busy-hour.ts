import { eventually } from '@loyalnest/testing';
import { Queue } from 'bullmq';
import { Client } from 'pg';
import { newCustomerId, orderText, type Answer, type SampleStack } from '../sample-stack.js';

/** Postgres refuses the webhook with this id. */
const UNSTORABLE = 'unstorable';
const OPERATOR = { authorization: 'Bearer dev-only-admin-token' };
/** Max requests per minute from one address; all requests here come from the same one. */
export const PER_IP = 200;

/** The trace id of the first order, which its caller has sampled. */
export const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** Makes a little of everything happen to the sample stack, good and bad. */
export async function busyHour(stack: SampleStack): Promise<void> {
  await Promise.all([orders(stack), mistakes(stack), deadLetters(stack)]);
  await referrals(stack);
  // From now on the gateway refuses our requests.
  await noise(stack);
}

let orderIds = 0;

async function orders(stack: SampleStack): Promise<void> {
  const customerId = newCustomerId();
  const order = orderText({ orderId: String(++orderIds), customerId });
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  await stack.webhook(order, { webhookId: 'twice', headers });
  await stack.webhook(order, { webhookId: 'twice' });
  await eventually(async () => expect((await stack.balance(customerId)).status).toBe(200), {
    within: '20s',
    every: '1s',
  });
  await again(stack);
}

/** Delivers a completed job again, as after Redis lost its data. */
async function again(stack: SampleStack): Promise<void> {
  await withQueue(stack, async (queue) => {
    const done = await eventually(async () => (await queue.getCompleted())[0] ?? false);
    const { name, data, opts, id } = done;
    await done.remove();
    await queue.add(name, data, { ...opts, jobId: id! });
  });
}

async function mistakes(stack: SampleStack): Promise<void> {
  const order = orderText({ orderId: String(++orderIds), customerId: newCustomerId() });
  await refuseUnstorable(stack);
  const answers = await Promise.all([
    stack.webhook(order, { signature: Buffer.alloc(32).toString('base64') }),
    stack.webhook('{'),
    stack.call('api-gateway', 'GET', '/v1/nowhere'),
    stack.webhook(order, { webhookId: UNSTORABLE }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 200, 404, 503]);
}

/** Makes the database fail for one webhook, which input can no longer do. */
async function refuseUnstorable({ pointsDatabase }: SampleStack): Promise<void> {
  const client = new Client({ connectionString: pointsDatabase });
  await client.connect();
  await client.query(
    `alter table webhooks add constraint storable check (webhook_id <> '${UNSTORABLE}')`,
  );
  await client.end();
}

async function noise(stack: SampleStack): Promise<void> {
  // Repeats, because on a slow machine the limit refills in the meantime.
  const isRefused = async (): Promise<boolean> => {
    const asked = Array.from({ length: PER_IP / 2 }, () => stack.balance('1'));
    return (await Promise.all(asked)).some(({ status }) => status === 429);
  };
  await eventually(isRefused, { within: '30s' });
}

/** Makes SMS fail, so that calls are retried and fall back to e-mail; then forces the circuit open. */
async function referrals(stack: SampleStack): Promise<void> {
  await stack.call('partner-simulator', 'PUT', '/faults', '{"sms":{"errorRatio":1}}');
  const { body } = await stack.call(
    'api-gateway',
    'POST',
    '/v1/referrals',
    JSON.stringify({
      advocateId: newCustomerId(),
      friendPhone: '+15550100001',
      friendEmail: 'friend@example.com',
    }),
  );
  await eventually(
    async () => {
      const referral = await stack.call('api-gateway', 'GET', `/v1/referrals/${body['id']}`);
      expect(referral.body).toMatchObject({ invitation: { channel: 'email' } });
    },
    { within: '20s', every: '1s' },
  );
  const forced = '/debug/circuits/sms/open';
  const { status } = await stack.call('referrals-service', 'POST', forced, undefined, OPERATOR);
  expect(status).toBe(200);
  const isDegraded = async (): Promise<boolean> =>
    (await stack.call('referrals-service', 'GET', '/health/ready')).body['status'] === 'degraded';
  await eventually(isDegraded, { within: '15s', every: '200ms' });
}

/** Bypasses JobProducer, which would validate the jobs. */
async function withQueue(stack: SampleStack, task: (queue: Queue) => Promise<void>): Promise<void> {
  const connection = { url: stack.redis.url };
  const queue = new Queue('points', { connection, prefix: '{loyalnest}' });
  try {
    await task(queue);
  } finally {
    await queue.close();
  }
}

async function deadLetters(stack: SampleStack): Promise<void> {
  await withQueue(stack, async (queue) => {
    for (const jobId of ['first', 'second']) await queue.add('points.calculate', {}, { jobId });
  });
  const letters = '/admin/dead-letters/points';
  const operate = (method: string, path: string, body?: string): Promise<Answer> =>
    stack.call('points-service', method, `${letters}${path}`, body, OPERATOR);
  for (const id of ['first', 'second']) {
    await eventually(async () => expect((await operate('GET', `/${id}`)).status).toBe(200), {
      within: '10s',
    });
  }
  expect((await operate('POST', '/first/redrive')).status).toBe(200);
  const redrive = await operate('POST', '/redrives', '{"filter":{"reason":"invalid"}}');
  expect(redrive.status).toBeLessThan(300);
}
