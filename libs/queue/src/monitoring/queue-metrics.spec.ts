import { OBSERVE_METRICS } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { eventually, RedisServer } from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { UnrecoverableError, type Queue } from 'bullmq';
import { IsInt } from 'class-validator';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '../index.js';
import { QueueMetrics } from './queue-metrics.js';
import { QueueRedisMetrics } from './queue-redis-metrics.js';

class Payload {
  @IsInt()
  points!: number;
}

const Award = defineJob('points.award', { payload: Payload, attempts: 1 });
const Break = defineJob('broken.award', { payload: Payload, attempts: 1 });

@Injectable()
class BreakHandler {
  @JobHandler(Break)
  async award(): Promise<void> {
    throw new UnrecoverableError('no such account');
  }
}

let redis: RedisServer;
let app: INestApplicationContext;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(() => app.close());
afterAll(() => redis.stop());

async function start() {
  @Module({
    imports: [
      QueueModule.forRootAsync({
        useFactory: () => ({ url: redis.url, prefix: `{${crypto.randomUUID()}}` }),
      }),
      QueueModule.forFeature(queue('points'), queue('broken')),
    ],
    providers: [BreakHandler],
  })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  const metrics = app.get(QueueMetrics, { strict: false });
  const observe = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await metrics[OBSERVE_METRICS]()).map(({ name, labels, value }) => [
        [name.replace('loyalnest_', ''), ...Object.values(labels ?? {})].join(' '),
        value,
      ]),
    );
  return { observe, jobs: app.get(JobProducer), metrics };
}

it('reports the depth of each queue by state, and the age of the oldest waiting job', async () => {
  const { observe, jobs, metrics } = await start();
  for (let i = 0; i < 3; i++) await jobs.enqueue(Award, { points: 1 });
  await jobs.enqueue(Award, { points: 1 }, { delay: '1h' });
  await app.get<Queue>(getQueueToken('points'), { strict: false }).pause();
  const clock = new FakeClock(Date.now() + 90_000);
  Object.assign(metrics, { clock });
  const values = await observe();
  expect(values).toMatchObject({
    'queue_jobs points waiting': 3,
    'queue_jobs points delayed': 1,
    'queue_jobs points active': 0,
    'queue_jobs broken waiting': 0,
    'queue_paused points': 1,
    'queue_paused broken': 0,
    'queue_oldest_waiting_seconds broken': 0,
  });
  expect(values['queue_oldest_waiting_seconds points']).toBeGreaterThan(85);
  expect(values['queue_oldest_waiting_seconds points']).toBeLessThan(120);
});

it('reports the number of dead letters by reason, and the age of the oldest', async () => {
  const { observe, jobs, metrics } = await start();
  await jobs.enqueue(Break, { points: 1 });
  await eventually(async () =>
    expect(await observe()).toMatchObject({
      'queue_jobs broken failed': 1,
      'dead_letters broken unrecoverable': 1,
      'dead_letters broken exhausted': 0,
      'dead_letters_oldest_seconds broken exhausted': 0,
    }),
  );
  Object.assign(metrics, { clock: new FakeClock(Date.now() + 3_600_000) });
  const { 'dead_letters_oldest_seconds broken unrecoverable': age } = await observe();
  expect(age).toBeGreaterThan(3_590);
  expect(age).toBeLessThan(3_700);
});

it('fails within producerTimeout if Redis does not answer', async () => {
  const { observe } = await start();
  redis.pause();
  const startedAt = performance.now();
  await expect(observe()).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  redis.resume();
});

it('reports the connection to Redis, even if Redis does not answer', async () => {
  const { observe, jobs } = await start();
  await observe();
  const source = app.get(QueueRedisMetrics, { strict: false });
  const values = () =>
    source[OBSERVE_METRICS]().map(({ name, labels, value }) =>
      [name.replace('loyalnest_redis_', ''), labels?.['state'] ?? '', value].join(' '),
    );
  await eventually(() =>
    expect(values()).toEqual(['connections ready 1', 'connections lost 0', 'waiting_commands  0']),
  );
  redis.pause();
  const enqueued = jobs.enqueue(Award, { points: 1 });
  await eventually(() => expect(values()[2]).not.toBe('waiting_commands  0'));
  redis.resume();
  // The command may succeed or time out.
  await Promise.allSettled([enqueued]);
});
