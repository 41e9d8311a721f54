import { CHECK_HEALTH, type HealthObservation } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { eventually } from '@loyalnest/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { AwardHandler, Award, bullOf, PointsApps } from '../../test/points-app.js';
import { QueueConnection } from '../connection/queue-connection.js';
import { JobProducer } from '../index.js';
import { jobStalled } from '../queue.events.js';
import { JobWorkers } from '../worker/job-workers.js';
import { QueueHealth } from './queue-health.js';

let apps: PointsApps;

beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(() => apps.closeAll());
afterAll(() => apps.redis.stop());

const observe = (app: INestApplicationContext): Promise<HealthObservation> =>
  app.get(QueueHealth, { strict: false })[CHECK_HEALTH]();
const running = (app: INestApplicationContext) =>
  eventually(() => app.get(JobWorkers, { strict: false }).states.every((each) => each.isRunning));

it('is up while workers run and no job has waited for long', async () => {
  const app = await apps.create();
  await running(app);
  expect(app.get(QueueHealth, { strict: false }).healthCheck.name).toBe('queues');
  expect(await observe(app)).toEqual({
    status: 'up',
    observed: { workers: 1, oldestWaitingS: 0, stalls: 0 },
  });
});

it('is degraded while the queue is paused', async () => {
  const app = await apps.create();
  await running(app);
  await bullOf(app).pause();
  expect(await observe(app)).toMatchObject({ status: 'degraded', code: 'paused' });
});

it('is degraded when a job has waited longer than degradedAfter', async () => {
  const app = await apps.create({ module: { degradedAfter: '1m' }, queue: { concurrency: 1 } });
  let release!: () => void;
  app.get(AwardHandler).behave = () => new Promise((done) => (release = () => done(undefined)));
  for (let i = 0; i < 2; i++) await app.get(JobProducer).enqueue(Award, { points: 1 });
  await eventually(() => app.get(AwardHandler).runs.length === 1);
  expect((await observe(app)).status).toBe('up');
  const clock = new FakeClock(Date.now() + 61_000);
  Object.assign(app.get(QueueHealth, { strict: false }), { clock });
  expect(await observe(app)).toMatchObject({
    status: 'degraded',
    code: 'jobs-waiting',
    observed: { oldestWaitingS: expect.closeTo(61, -1) },
  });
  release();
  app.get(AwardHandler).behave = async () => undefined;
});

it('is degraded for 5 minutes after a job of its queues has stalled', async () => {
  const app = await apps.create();
  await running(app);
  const clock = new FakeClock(Date.now());
  Object.assign(app.get(QueueHealth, { strict: false }), { clock });
  jobStalled.publish({ id: '7', queue: 'elsewhere' });
  expect((await observe(app)).status).toBe('up');
  jobStalled.publish({ id: '7', queue: 'points' });
  expect(await observe(app)).toMatchObject({
    status: 'degraded',
    code: 'jobs-stalled',
    observed: { stalls: 1 },
  });
  await clock.advance(300_000);
  expect((await observe(app)).status).toBe('up');
});

it('is down without a connection, or if a worker has stopped', async () => {
  const app = await apps.create();
  await running(app);
  const { producer } = app.get(QueueConnection);
  producer.disconnect();
  await eventually(() => producer.status !== 'ready');
  expect(await observe(app)).toEqual({ status: 'down', code: 'not-connected' });
  await app.close();
  expect(await observe(app)).toEqual({ status: 'down', code: 'worker-stopped' });
});
