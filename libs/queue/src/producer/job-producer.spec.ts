import { Deadline, runInContext } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { eventually } from '@loyalnest/testing';
import { AwardHandler, Award, bullOf, PointsApps } from '../../test/points-app.js';
import {
  DeadLetterService,
  defineJob,
  InvalidPayloadError,
  jobDeduplicated,
  JobProducer,
  QueueUnavailableError,
  type EnqueueOptions,
  type JobDeduplicated,
  type JobDefinition,
} from '../index.js';
import type { JobEnvelope } from '../job/job-envelope.js';

const anything = {
  '~standard': { version: 1 as const, validate: (value: unknown) => ({ value }) },
};

let apps: PointsApps;
beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(() => apps.closeAll());
afterAll(() => apps.redis.stop());

it('publishes jobDeduplicated once for each job that is not stored', async () => {
  const events: JobDeduplicated[] = [];
  const stop = jobDeduplicated.subscribe((event) => events.push(event));
  const app = await apps.create({ providers: [] });
  const jobs = app.get(JobProducer);
  const { id } = await jobs.enqueue(Award, { points: 1 }, { idempotencyKey: 'a' });
  expect(events).toEqual([]);
  await jobs.enqueue(Award, { points: 1 }, { idempotencyKey: 'a' });
  await jobs.enqueueMany(Award, [
    { payload: { points: 1 }, idempotencyKey: 'a' },
    { payload: { points: 1 } },
  ]);
  stop();
  expect(events).toEqual(Array.from({ length: 2 }, () => ({ id, name: 'points.award' })));
});

describe('enqueueMany', () => {
  it('stores all jobs and reports which ones are duplicates', async () => {
    const app = await apps.create({ providers: [] });
    const jobs = app.get(JobProducer);
    await jobs.enqueue(Award, { points: 9 }, { idempotencyKey: 'b' });
    const results = await jobs.enqueueMany(Award, [
      { payload: { points: 1 }, idempotencyKey: 'a' },
      { payload: { points: 2 }, idempotencyKey: 'b' },
      { payload: { points: 3 } },
      { payload: { points: 4 }, idempotencyKey: 'a' },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'enqueued',
      'duplicate',
      'enqueued',
      'duplicate',
    ]);
    expect(await bullOf(app).getWaitingCount()).toBe(3);
  });

  it('stores nothing if one payload is invalid', async () => {
    const app = await apps.create({ providers: [] });
    const items = [{ payload: { points: 1 } }, { payload: { points: 0 } }];
    await expect(app.get(JobProducer).enqueueMany(Award, items)).rejects.toThrow(
      InvalidPayloadError,
    );
    expect(await bullOf(app).getWaitingCount()).toBe(0);
  });

  it('stores more than one batch in order, each job once', async () => {
    const app = await apps.create({ providers: [], module: { producerTimeout: '10s' } });
    const items = Array.from({ length: 1_200 }, (_, i) => ({ payload: { points: i + 1 } }));
    const results = await app.get(JobProducer).enqueueMany(Award, items);
    const [first] = await bullOf(app).getWaiting(0, 0);
    expect(results[0]!.id).toBe(first!.id);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1_200);
    expect(await bullOf(app).getWaitingCount()).toBe(1_200);
  });

  it('fails all jobs within the time limit of one call when Redis is silent', async () => {
    const app = await apps.create({ providers: [], module: { producerTimeout: '200ms' } });
    const items = Array.from({ length: 1_200 }, (_, i) => ({ payload: { points: i + 1 } }));
    await apps.redis.pause();
    const startedAt = performance.now();
    const results = await app.get(JobProducer).enqueueMany(Award, items);
    const tookMs = performance.now() - startedAt;
    await apps.redis.resume();
    expect(results).toHaveLength(1_200);
    for (const result of results) {
      expect(result).toMatchObject({ outcome: 'failed', error: expect.any(QueueUnavailableError) });
    }
    expect(tookMs).toBeLessThan(2_000);
  });
});

describe('a priority', () => {
  it('runs jobs with a lower number first, and jobs without a priority before all', async () => {
    const prefix = '{priorities}';
    const producer = await apps.create({ providers: [], prefix });
    const Low = { ...Award, priority: 9 };
    await producer.get(JobProducer).enqueue(Low, { points: 9 });
    await producer.get(JobProducer).enqueue(Low, { points: 2 }, { priority: 2 });
    await producer.get(JobProducer).enqueue(Award, { points: 1 });
    const worker = await apps.create({ prefix, queue: { concurrency: 1 } });
    const handler = worker.get(AwardHandler);
    await eventually(() => expect(handler.runs.map(({ points }) => points)).toEqual([1, 2, 9]));
  });

  it.each([-1, 1.5, 2_097_152])('of %p is refused', async (priority) => {
    const app = await apps.create({ providers: [] });
    const enqueued = app.get(JobProducer).enqueue(Award, { points: 1 }, { priority });
    await expect(enqueued).rejects.toThrow('enqueue(points.award).priority');
    expect(() => defineJob('points.x', { payload: anything, priority })).toThrow('priority');
  });
});

describe('a deadline', () => {
  const enqueueWith = async (
    job: JobDefinition<{ readonly points: number }>,
    options: EnqueueOptions,
    leftMs?: number,
  ) => {
    const app = await apps.create({ providers: [] });
    const deadline =
      leftMs === undefined ? {} : { deadline: Deadline.after(leftMs, new FakeClock()) };
    await runInContext({ correlationId: 'order-7', ...deadline }, () =>
      app.get(JobProducer).enqueue(job, { points: 1 }, options),
    );
    const [stored] = await bullOf(app).getJobs();
    const { occurredAt, expiresAt } = stored!.data as JobEnvelope;
    return expiresAt === undefined ? undefined : Date.parse(expiresAt) - Date.parse(occurredAt);
  };
  const Hourly = { ...Award, expiresAfterMs: 3_600_000 };

  it.each([
    ['is not propagated by default', Award, {}, 800, undefined],
    ['is propagated with propagateDeadline', Award, { propagateDeadline: true }, 800, 800],
    [
      'counts from the enqueue, whatever the delay',
      Award,
      { propagateDeadline: true, delay: 300 },
      800,
      800,
    ],
    ['wins over a later expiry', Hourly, { propagateDeadline: true }, 800, 800],
    [
      'does not extend an earlier expiry',
      Hourly,
      { propagateDeadline: true },
      7_200_000,
      3_600_000,
    ],
    [
      'that the context does not have changes nothing',
      Award,
      { propagateDeadline: true },
      undefined,
      undefined,
    ],
  ])('%s', async (_what, job, options, leftMs, expected) => {
    expect(await enqueueWith(job, options, leftMs)).toBe(expected);
  });

  it('that has passed makes the job a dead letter without a run', async () => {
    const app = await apps.create();
    const deadline = Deadline.after(0, new FakeClock());
    const { id } = await runInContext({ correlationId: 'order-7', deadline }, () =>
      app.get(JobProducer).enqueue(Award, { points: 1 }, { propagateDeadline: true, delay: 20 }),
    );
    const letter = await eventually(
      async () => (await app.get(DeadLetterService).get('points', id)) ?? false,
    );
    expect(letter).toMatchObject({ reason: 'expired' });
    expect(app.get(AwardHandler).runs).toEqual([]);
  });
});

describe('a payload that JSON cannot represent is invalid', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each([
    ['a circular object', circular],
    ['a BigInt', { points: 1n }],
    ['undefined', undefined],
  ])('%s', async (_name, payload) => {
    const app = await apps.create({ providers: [] });
    const Note = defineJob('points.note', { payload: anything });
    await expect(app.get(JobProducer).enqueue(Note, payload)).rejects.toThrow(InvalidPayloadError);
    expect(await bullOf(app).getWaitingCount()).toBe(0);
  });
});

describe('cancel', () => {
  it('turns a waiting job into a dead letter without a run, and a redrive runs it', async () => {
    const prefix = '{cancel}';
    const producer = await apps.create({ providers: [], prefix });
    const jobs = producer.get(JobProducer);
    const { id } = await jobs.enqueue(Award, { points: 1 });
    expect(await jobs.cancel(Award, id, 'order was refunded')).toEqual({ outcome: 'cancelled' });
    const worker = await apps.create({ prefix });
    const handler = worker.get(AwardHandler);
    const letters = worker.get(DeadLetterService);
    const [letter] = await eventually(async () => {
      const { items } = await letters.list('points');
      expect(items).toHaveLength(1);
      return items;
    });
    expect(letter).toMatchObject({ id, reason: 'cancelled', message: 'order was refunded' });
    expect(handler.runs).toHaveLength(0);
    await letters.redrive('points', id, 'ada');
    await eventually(() => expect(handler.runs).toHaveLength(1));
  });

  it('turns a delayed job into a dead letter at the end of its delay', async () => {
    const app = await apps.create();
    const jobs = app.get(JobProducer);
    const { id } = await jobs.enqueue(Award, { points: 1 }, { delay: 150 });
    expect(await jobs.cancel('points', id, 'refund')).toEqual({ outcome: 'cancelled' });
    await eventually(async () => expect(await bullOf(app).getFailedCount()).toBe(1));
    expect(app.get(AwardHandler).runs).toHaveLength(0);
  });

  it('does not touch a running, finished or unknown job, and reports its state', async () => {
    const app = await apps.create();
    const jobs = app.get(JobProducer);
    const handler = app.get(AwardHandler);
    const release = Promise.withResolvers<void>();
    handler.behave = () => release.promise;
    const { id } = await jobs.enqueue(Award, { points: 1 });
    await eventually(() => expect(handler.runs).toHaveLength(1));
    expect(await jobs.cancel(Award, id, 'refund')).toEqual({ outcome: 'running' });
    release.resolve();
    await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(1));
    expect(await jobs.cancel(Award, id, 'refund')).toEqual({ outcome: 'finished' });
    expect(await jobs.cancel(Award, 'none', 'refund')).toEqual({ outcome: 'unknown' });
  });

  it('needs a reason', async () => {
    const app = await apps.create({ providers: [] });
    await expect(app.get(JobProducer).cancel(Award, 'x', ' ')).rejects.toThrow('cancel.reason');
  });
});
