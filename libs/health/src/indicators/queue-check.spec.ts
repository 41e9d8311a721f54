import { CHECK_HEALTH } from '@loyalnest/core';
import { eventually, FakeClock, RedisServer } from '@loyalnest/testing';
import { Queue, Worker } from 'bullmq';
import { QueueCheck } from '../index.js';

let redis: RedisServer;
let queue: Queue;
let worker: Worker;
let clock: FakeClock;
let release: () => void;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(async () => {
  const connection = { url: redis.url } as never;
  const held = new Promise<void>((resolve) => (release = resolve));
  queue = new Queue(`reports-${crypto.randomUUID()}`, { connection });
  worker = new Worker(queue.name, () => held, { connection, autorun: false });
  clock = new FakeClock(Date.now());
});
afterEach(async () => {
  release();
  await worker.close(true);
  await queue.close();
});
afterAll(() => redis.stop());

const check = () => new QueueCheck(queue, { workers: [worker], oldestAfter: '5m', clock });
const run = async () => {
  worker.run().catch(() => undefined);
  await worker.waitUntilReady();
};

it('is up while its workers run and no job waits too long', async () => {
  await run();
  expect(check().healthCheck).toEqual({ name: `queue:${queue.name}`, critical: false });
  expect(await check()[CHECK_HEALTH]()).toEqual({
    status: 'up',
    observed: { workers: 1, oldestWaitingS: 0, stalls: 0 },
  });
});

it('is down when a worker does not run', async () => {
  expect(await check()[CHECK_HEALTH]()).toEqual({ status: 'down', code: 'worker-stopped' });
});

it.each([
  ['the worker', () => worker.pause(true)],
  ['the queue', () => queue.pause()],
])('is degraded while %s is paused', async (_what, pause) => {
  await run();
  await pause();
  expect(await check()[CHECK_HEALTH]()).toMatchObject({ status: 'degraded', code: 'paused' });
});

it.each([
  ['without a priority', {}],
  ['with one', { priority: 3 }],
])('is degraded when a job %s has waited too long', async (_how, options) => {
  await run();
  await queue.add('running', {});
  await eventually(async () => expect(await queue.getActiveCount()).toBe(1));
  await queue.add('waiting', {}, options);
  expect((await check()[CHECK_HEALTH]()).status).toBe('up');
  await clock.advance(301_000);
  expect(await check()[CHECK_HEALTH]()).toMatchObject({
    status: 'degraded',
    code: 'jobs-waiting',
    observed: { oldestWaitingS: expect.closeTo(301, -1) },
  });
});

it('counts the wait of a delayed job from the end of its delay', async () => {
  await run();
  await queue.add('running', {});
  await eventually(async () => expect(await queue.getActiveCount()).toBe(1));
  const [later] = [await queue.add('later', {}, { delay: 600_000 })];
  await later.promote();
  await clock.advance(301_000);
  expect((await check()[CHECK_HEALTH]()).status).toBe('up');
});

it('is degraded for a while after a job has stalled', async () => {
  await run();
  const watching = check();
  worker.emit('stalled', '7', 'active');
  expect(await watching[CHECK_HEALTH]()).toMatchObject({
    status: 'degraded',
    code: 'jobs-stalled',
    observed: { stalls: 1 },
  });
  await clock.advance(300_000);
  expect((await watching[CHECK_HEALTH]()).status).toBe('up');
});
