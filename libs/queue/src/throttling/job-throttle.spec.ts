import { runInContext } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Logger } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { Award, AwardHandler, bullOf, PointsApps } from '../../test/points-app.js';
import {
  JobProducer,
  JobThrottledError,
  jobThrottled,
  QueueConnection,
  type EnqueueOptions,
  type ThrottlingOptions,
} from '../index.js';

let apps: PointsApps;
beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await apps.closeAll();
});
afterAll(() => apps.redis.stop());

const plans = {
  slow: { limit: 1, per: '10s', burst: 2, maxDelay: '15s' },
  fast: { limit: 20, per: '1s', burst: 2, maxDelay: '1s' },
} satisfies ThrottlingOptions['plans'];

function create(
  planOf: ThrottlingOptions['planOf'],
  options: Parameters<PointsApps['create']>[0] = {},
): Promise<INestApplicationContext> {
  return apps.create({
    ...options,
    queue: { throttled: true, ...options.queue },
    module: { throttling: { plans, planOf } },
  });
}

function enqueue(app: INestApplicationContext, merchantId: string, options?: EnqueueOptions) {
  return runInContext({ correlationId: 'c', merchantId }, () =>
    app.get(JobProducer).enqueue(Award, { points: 1 }, options),
  );
}

async function delays(app: INestApplicationContext): Promise<number[]> {
  const jobs = await bullOf(app).getJobs(['waiting', 'delayed']);
  return jobs.map(({ opts }) => Math.round((opts.delay ?? 0) / 1_000)).sort((a, b) => a - b);
}

describe('when a job is enqueued', () => {
  it('a burst starts at once, later jobs wait, and jobs beyond maxDelay are refused', async () => {
    const app = await create(() => 'slow', { providers: [] });
    const outcomes = [];
    for (let i = 0; i < 4; i++) {
      outcomes.push(await enqueue(app, 'shop').catch((error: unknown) => error));
    }
    expect(await delays(app)).toEqual([0, 0, 10]);
    const refused = outcomes[3] as JobThrottledError;
    expect(refused).toBeInstanceOf(JobThrottledError);
    expect(refused).toMatchObject({ code: 'JOB_THROTTLED', category: 'rate-limited' });
    expect(refused.retryAfterMs).toBeGreaterThan(4_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(5_000);
  });

  it('each merchant has its own slots, and jobs without a merchant are not throttled', async () => {
    const app = await create(() => 'slow', { providers: [] });
    for (const merchant of ['a', 'b', 'a', 'b']) await enqueue(app, merchant);
    for (let i = 0; i < 5; i++) await app.get(JobProducer).enqueue(Award, { points: 1 });
    expect(await delays(app)).toEqual(Array(9).fill(0));
  });

  it('a duplicate takes no slot', async () => {
    const app = await create(() => 'slow', { providers: [] });
    const key = { idempotencyKey: 'order-7' };
    const outcomes = [];
    for (let i = 0; i < 5; i++) outcomes.push((await enqueue(app, 'shop', key)).outcome);
    expect(outcomes).toEqual(['enqueued', ...Array(4).fill('duplicate')]);
    await enqueue(app, 'shop');
    expect(await delays(app)).toEqual([0, 0]);
  });

  it('enqueueMany takes one slot per job, and only one for a repeated key', async () => {
    const app = await create(() => 'slow', { providers: [] });
    const items = ['a', 'a', 'b', 'c', 'd'].map((idempotencyKey) => ({
      payload: { points: 1 },
      idempotencyKey,
    }));
    const many = () =>
      runInContext({ correlationId: 'c', merchantId: 'shop' }, () =>
        app.get(JobProducer).enqueueMany(Award, items),
      );
    const results = await many();
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'enqueued',
      'duplicate',
      'enqueued',
      'failed',
      'failed',
    ]);
    // The first call gave back the slot of the second 'a'.
    expect((await many()).map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'enqueued',
      'failed',
    ]);
  });

  it('its keys in Redis expire', async () => {
    const app = await create(() => 'fast', { providers: [] });
    await enqueue(app, 'shop');
    const bull = bullOf(app);
    const { producer } = app.get(QueueConnection);
    const key = bull.toKey('throttle:shop');
    expect(await producer.pttl(key)).toBeGreaterThan(0);
    await eventually(async () => expect(await producer.exists(key)).toBe(0));
  });

  it.each([
    ['throws', () => Promise.reject(new Error('plans are unavailable'))],
    ['returns an unknown plan', () => 'gold'],
    ['hangs', () => new Promise<string>(() => {})],
  ])('nothing is throttled while planOf %s, and one warning reports it', async (_what, planOf) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await apps.create({
      providers: [],
      queue: { throttled: true },
      module: { throttling: { plans, planOf }, producerTimeout: '1s' },
    });
    for (let i = 0; i < 4; i++) await enqueue(app, 'shop');
    expect(await delays(app)).toEqual([0, 0, 0, 0]);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

describe('when a worker takes a job', () => {
  it('jobs that were stored under a faster plan start at the rate of the slower one', async () => {
    const prefix = '{shrink}';
    const producer = await apps.create({
      prefix,
      providers: [],
      queue: { throttled: true },
      module: {
        throttling: {
          plans: { any: { limit: 1_000, per: '1s', burst: 100 } },
          planOf: () => 'any',
        },
      },
    });
    for (let i = 0; i < 6; i++) await enqueue(producer, 'shop');
    const seen: unknown[] = [];
    const stop = jobThrottled.subscribe((event) => seen.push(event));
    const startedAt = performance.now();
    const worker = await create(() => 'fast', { prefix });
    const handler = worker.get(AwardHandler);
    await eventually(() => expect(handler.runs).toHaveLength(6));
    stop();
    // Two at once, then one every 50 ms.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(handler.runs.map(({ job }) => job.attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(seen).toContainEqual(expect.objectContaining({ at: 'start', refused: false }));
  });

  it('retries follow the plan too, and waiting does not count as an attempt', async () => {
    const app = await create(() => 'fast');
    const handler = app.get(AwardHandler);
    const times: number[] = [];
    handler.behave = async (_payload, { attempt }) => {
      times.push(performance.now());
      if (attempt === 1) throw new Error('once');
    };
    const began = performance.now();
    for (let i = 0; i < 3; i++) await enqueue(app, 'shop');
    await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(3));
    expect(handler.runs.map(({ job }) => job.attempt).sort()).toEqual([1, 1, 1, 2, 2, 2]);
    // Six starts, two of them at once, make four intervals of 50 ms on Redis's clock.
    expect(times.at(-1)! - began).toBeGreaterThanOrEqual(190);
  });
});

describe('the boot fails', () => {
  it('for a throttled queue without plans', async () => {
    await expect(apps.create({ queue: { throttled: true } })).rejects.toThrow(
      'add throttling: { plans, planOf }',
    );
  });

  it.each([
    [{}, 'add at least one plan'],
    [{ a: { rate: 0 } }, 'queue.throttling.plans.a.rate'],
    [{ a: { limit: 0, per: '1s' } }, 'queue.throttling.plans.a.limit'],
    [{ a: {} }, 'queue.throttling.plans.a.per'],
    [{ a: { limit: 1, per: '1s', burst: 0 } }, 'queue.throttling.plans.a.burst'],
    [{ a: { rate: { jobs: 1, per: 'soon' } } }, 'queue.throttling.plans.a.rate.per'],
    [{ a: { rate: 1, limit: 1 } }, 'queue.throttling.plans.a.rate'],
    [{ a: { rate: 1, per: '1s' } }, 'queue.throttling.plans.a.rate'],
  ])('for the plans %j', async (bad, problem) => {
    const throttling = { plans: bad as never, planOf: () => 'a' };
    await expect(apps.create({ module: { throttling } })).rejects.toThrow(problem);
  });
});
