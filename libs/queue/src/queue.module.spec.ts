import { currentContext, runInContext, DRAIN, JobPublisher, LoyalNestError } from '@loyalnest/core';
import { eventually, RedisServer } from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { UnrecoverableError, type Queue } from 'bullmq';
import { IsInt, Min } from 'class-validator';
import {
  DeadLetterNotFoundError,
  DeadLetterService,
  defineJob,
  InvalidPayloadError,
  JobHandler,
  JobProducer,
  PayloadTooLargeError,
  queue,
  QueueModule,
  type JobContext,
} from './index.js';
import { failsFast } from '../test/fails-fast.js';
import { JobWorkers } from './worker/job-workers.js';

class AwardPayload {
  @IsInt()
  @Min(1)
  points!: number;
}

const Award = defineJob('points.award', {
  payload: AwardPayload,
  attempts: 2,
  backoff: { initial: 1, max: 1, jitter: 'none' },
  timeout: '2s',
});
const Unhandled = defineJob('points.unhandled', { payload: AwardPayload });

@Injectable()
class AwardHandler {
  runs: { payload: AwardPayload; job: JobContext; correlationId: string | undefined }[] = [];
  behave: (payload: AwardPayload, job: JobContext) => Promise<unknown> = async () => undefined;

  @JobHandler(Award)
  async award(payload: AwardPayload, job: JobContext): Promise<unknown> {
    this.runs.push({ payload, job, correlationId: currentContext()?.correlationId });
    return this.behave(payload, job);
  }
}

let redis: RedisServer;
let apps: INestApplicationContext[] = [];

beforeAll(async () => {
  redis = await RedisServer.start({ appendOnly: true });
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});
afterAll(async () => {
  await redis.stop();
});

let prefixes = 0;

async function createApp(
  providers: Type[] = [AwardHandler],
  prefix = `{test-${++prefixes}}`,
): Promise<INestApplicationContext> {
  @Module({
    imports: [
      QueueModule.forRootAsync({
        useFactory: () => ({ url: redis.url, prefix, unknownNameFor: 0 }),
      }),
      QueueModule.forFeature(queue('points', { concurrency: 5 })),
    ],
    providers,
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  apps.push(app);
  return app;
}

function bull(app: INestApplicationContext): Queue {
  return app.get<Queue>(getQueueToken('points'), { strict: false });
}

async function deadLetters(app: INestApplicationContext, count = 1) {
  return eventually(async () => {
    const page = await app.get(DeadLetterService).list('points');
    expect(page.total).toBe(count);
    // A job may die between the read of the index and the read of the total.
    expect(page.items).toHaveLength(count);
    return page.items;
  });
}

describe('a job', () => {
  it('runs with its validated payload, in the context of its producer', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    await runInContext({ correlationId: 'order-7', merchantId: 'shop' }, () =>
      app.get(JobProducer).enqueue(Award, { points: 5 }),
    );
    await eventually(() => expect(handler.runs).toHaveLength(1));
    expect(handler.runs[0]).toMatchObject({
      payload: expect.any(AwardPayload),
      correlationId: 'order-7',
      job: { name: 'points.award', attempt: 1, attempts: 2, correlationId: 'order-7' },
    });
  });

  it('exists once, however often it is enqueued with the same key', async () => {
    const app = await createApp([]);
    const jobs = app.get(JobProducer);
    const key = { idempotencyKey: 'order:1001:paid' };
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await jobs.enqueue(Award, { points: 5 }, key));
    expect(results.map(({ outcome }) => outcome)).toEqual(['enqueued', 'duplicate', 'duplicate']);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(await bull(app).getWaitingCount()).toBe(1);
  });

  it('runs again after a failure and completes on its last attempt', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async (_payload, { attempt }) => {
      if (attempt === 1) throw new Error('once');
    };
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(handler.runs.map(({ job }) => job.attempt)).toEqual([1, 2]);
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each([
    ['a circular object', circular],
    ['a BigInt', 1n],
  ])('completes once even if its handler returns %s', async (_what, result) => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async () => result;
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(handler.runs).toHaveLength(1);
  });

  it('fails at its time limit, and its signal aborts', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    const Slow = { ...Award, timeoutMs: 30, attempts: 1 };
    Reflect.defineMetadata('loyalnest:queue:job-handler', Slow, AwardHandler.prototype.award);
    const own = await createApp();
    Reflect.defineMetadata('loyalnest:queue:job-handler', Award, AwardHandler.prototype.award);
    const slow = own.get(AwardHandler);
    slow.behave = () => new Promise(() => {});
    await own.get(JobProducer).enqueue(Slow, { points: 5 });
    const [letter] = await deadLetters(own);
    expect(letter).toMatchObject({
      reason: 'exhausted',
      message: 'points.award did not finish within 30 ms',
    });
    expect(slow.runs[0]!.job.signal.aborted).toBe(true);
    expect(handler.runs).toHaveLength(0);
  });
});

describe('a job that cannot succeed becomes a dead letter', () => {
  it('after its last attempt', async () => {
    const app = await createApp();
    app.get(AwardHandler).behave = async () => {
      throw new Error('ledger is closed');
    };
    const { id } = await runInContext({ correlationId: 'order-7' }, () =>
      app.get(JobProducer).enqueue(Award, { points: 5 }),
    );
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({
      queue: 'points',
      id,
      name: 'points.award',
      reason: 'exhausted',
      message: 'ledger is closed',
      attemptsMade: 2,
      payload: { points: 5 },
      context: { correlationId: 'order-7' },
      history: [],
    });
  });

  it('at once when its error is unrecoverable', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async () => {
      throw new UnrecoverableError('no such account');
    };
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({ reason: 'unrecoverable', message: 'no such account' });
    expect(handler.runs).toHaveLength(1);
  });

  it('but not when a non-retryable error has a retryAfterMs', async () => {
    class CircuitOpen extends LoyalNestError {
      readonly code = 'CIRCUIT_OPEN';
      readonly category = 'unavailable';
      readonly retryable = false;
    }
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async (_payload, { attempt }) => {
      if (attempt === 1) throw new CircuitOpen('open', { retryAfterMs: 5 });
    };
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(handler.runs).toHaveLength(2);
  });

  it('without a run when its stored payload is invalid', async () => {
    const app = await createApp();
    await bull(app).add('points.award', {
      id: 'x',
      version: 1,
      payload: { points: -5 },
      context: { correlationId: 'c' },
      occurredAt: new Date().toISOString(),
    });
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({ reason: 'invalid', payload: { points: -5 } });
    expect(letter!.message).toBe('payload of points.award: points: points must not be less than 1');
    expect(app.get(AwardHandler).runs).toHaveLength(0);
  });

  it('when its data has no envelope', async () => {
    const app = await createApp();
    await bull(app).add('points.award', { points: 5 });
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({ reason: 'invalid', payload: { points: 5 } });
  });

  it('when no handler knows its name', async () => {
    const app = await createApp();
    await app.get(JobProducer).enqueue(Unhandled, { points: 5 });
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({ reason: 'unknown-name', name: 'points.unhandled' });
  });

  it('without a run when it has expired', async () => {
    const app = await createApp();
    await bull(app).add('points.award', {
      id: 'x',
      version: 1,
      payload: { points: 5 },
      context: { correlationId: 'c' },
      occurredAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T01:00:00.000Z',
    });
    const [letter] = await deadLetters(app);
    expect(letter).toMatchObject({ reason: 'expired' });
    expect(app.get(AwardHandler).runs).toHaveLength(0);
  });

  it('when it has expired, but runs after an edit and redrive', async () => {
    const app = await createApp();
    const { id } = await bull(app).add('points.award', {
      id: 'x',
      version: 1,
      payload: { points: 5 },
      context: { correlationId: 'c' },
      occurredAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T01:00:00.000Z',
    });
    await deadLetters(app);
    const letters = app.get(DeadLetterService);
    const { revision } = await letters.get('points', id!);
    await letters.editAndRedrive('points', id!, { payload: { points: 5 }, revision, by: 'ada' });
    await eventually(() => expect(app.get(AwardHandler).runs).toHaveLength(1));
  });
});

describe('a redrive', () => {
  it('runs the job again with all its attempts, and keeps the history', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async () => {
      throw new Error('down');
    };
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    const [first] = await deadLetters(app);
    handler.runs = [];
    await app.get(DeadLetterService).redrive('points', first!.id, 'ada');
    const [again] = await eventually(async () => {
      expect(handler.runs).toHaveLength(2);
      return deadLetters(app);
    });
    expect(again).toMatchObject({
      id: first!.id,
      history: [{ kind: 'redriven', by: 'ada', attemptsMade: 2, failure: 'down' }],
    });
    handler.behave = async () => undefined;
    await app.get(DeadLetterService).redrive('points', first!.id, 'ada');
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(await deadLetters(app, 0)).toEqual([]);
  });

  it('of a job that is not a dead letter is refused', async () => {
    const app = await createApp();
    await expect(app.get(DeadLetterService).redrive('points', 'none', 'ada')).rejects.toThrow(
      DeadLetterNotFoundError,
    );
  });

  it('requested twice at the same time runs the job once', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    handler.behave = async () => {
      throw new UnrecoverableError('no');
    };
    await app.get(JobProducer).enqueue(Award, { points: 5 });
    const [letter] = await deadLetters(app);
    handler.behave = async () => undefined;
    const results = await Promise.allSettled(
      ['ada', 'bob'].map((by) => app.get(DeadLetterService).redrive('points', letter!.id, by)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(handler.runs).toHaveLength(2);
  });
});

describe('enqueue refuses and stores nothing', () => {
  it('when the payload is invalid, and names the field', async () => {
    const app = await createApp();
    const result = app.get(JobProducer).enqueue(Award, { points: 0 });
    await expect(result).rejects.toThrow(InvalidPayloadError);
    await expect(result).rejects.toMatchObject({
      problems: ['points: points must not be less than 1'],
    });
    expect(await bull(app).getWaitingCount()).toBe(0);
  });

  it('when the payload is larger than the limit', async () => {
    const app = await createApp();
    const Note = defineJob('points.note', {
      payload: {
        '~standard': { version: 1 as const, validate: (value) => ({ value: value as object }) },
      },
    });
    await expect(app.get(JobProducer).enqueue(Note, { text: 'x'.repeat(70_000) })).rejects.toThrow(
      PayloadTooLargeError,
    );
  });

  it('when the queue is not declared, and names the line to add', async () => {
    const app = await createApp();
    const Other = defineJob('referrals.invite', { payload: AwardPayload });
    await expect(app.get(JobProducer).enqueue(Other, { points: 1 })).rejects.toThrow(
      "add QueueModule.forFeature(queue('referrals'))",
    );
  });
});

describe('while Redis is unavailable', () => {
  it('enqueue rejects within its time limit, and works again when Redis is back', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    const jobs = app.get(JobProducer);
    await redis.kill();
    await failsFast(app);
    await redis.restart();
    await eventually(async () => {
      await jobs.enqueue(Award, { points: 6 }, { idempotencyKey: 'back' });
      expect(handler.runs.some(({ payload }) => payload.points === 6)).toBe(true);
    });
  });

  it('enqueue rejects within its time limit when Redis is silent', async () => {
    const app = await createApp([]);
    await redis.pause();
    await failsFast(app);
    await redis.resume();
  });
});

describe('in a shutdown', () => {
  async function runPhase(
    app: INestApplicationContext,
    phase: string,
    signal = new AbortController().signal,
  ): Promise<void> {
    const steps = app.get(JobWorkers, { strict: false })[DRAIN]();
    await Promise.all(steps.filter((step) => step.phase === phase).map((step) => step.run(signal)));
  }

  it('workers take no new job, and the running one finishes', async () => {
    const app = await createApp();
    const handler = app.get(AwardHandler);
    const release = Promise.withResolvers<void>();
    handler.behave = () => release.promise;
    await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(() => expect(handler.runs).toHaveLength(1));
    await runPhase(app, 'stop-intake');
    await app.get(JobProducer).enqueue(Award, { points: 2 });
    const drained = runPhase(app, 'drain');
    release.resolve();
    await drained;
    await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
    expect(handler.runs).toHaveLength(1);
    expect(await bull(app).getWaitingCount()).toBe(1);
  });

  it('a job that outlasts the drain is handed back, and no attempt is counted', async () => {
    const prefix = '{hand-back}';
    const app = await createApp([AwardHandler], prefix);
    const handler = app.get(AwardHandler);
    handler.behave = () => new Promise(() => {});
    await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(() => expect(handler.runs).toHaveLength(1));
    await runPhase(app, 'stop-intake');
    await runPhase(app, 'drain', AbortSignal.abort());
    await runPhase(app, 'close-queues');
    expect(handler.runs[0]!.job.signal.aborted).toBe(true);
    const next = await createApp([AwardHandler], prefix);
    await eventually(() => expect(next.get(AwardHandler).runs).toHaveLength(1));
    expect(next.get(AwardHandler).runs[0]!.job.attempt).toBe(1);
  });
});

describe('the publisher of an outbox', () => {
  const event = (id: string) => ({
    id,
    name: 'points.award' as const,
    version: 1,
    attempts: 2,
    payload: { points: 5 },
    context: { correlationId: 'order-7' },
    occurredAt: '2026-01-01T00:00:00.000Z',
  });

  it('stores one job per event, however often it publishes', async () => {
    const app = await createApp([]);
    const publisher = app.get(JobPublisher);
    await publisher.publish([event('a'), event('b')]);
    const again = await publisher.publish([event('a'), event('b')]);
    expect(again.map(({ outcome }) => outcome)).toEqual(['published', 'published']);
    expect(await bull(app).getWaitingCount()).toBe(2);
  });

  it('reports the fate of each event', async () => {
    const app = await createApp();
    const publisher = app.get(JobPublisher);
    app.get(AwardHandler).behave = async (_payload, { id }) => {
      if (id === 'bad') throw new UnrecoverableError('no');
    };
    await publisher.publish([event('good'), event('bad')]);
    const jobs = ['good', 'bad', 'lost'].map(event);
    await eventually(async () =>
      expect(await publisher.fates(jobs)).toEqual(['completed', 'dead', 'unknown']),
    );
  });

  it('reports a Redis failure for each event instead of hanging', async () => {
    const app = await createApp([]);
    await redis.kill();
    const publisher = app.get(JobPublisher);
    expect(await publisher.publish([event('a')])).toMatchObject([{ id: 'a', outcome: 'failed' }]);
    await redis.restart();
    await eventually(async () =>
      expect(await publisher.publish([event('a')])).toEqual([{ id: 'a', outcome: 'published' }]),
    );
  });
});

describe('the boot fails', () => {
  it('when two methods handle the same job', async () => {
    @Injectable()
    class Second {
      @JobHandler(Award)
      async award(_payload: AwardPayload, _job: JobContext): Promise<void> {}
    }
    await expect(createApp([AwardHandler, Second])).rejects.toThrow('handles this job already');
  });

  it('when a handler has no queue', async () => {
    const Other = defineJob('referrals.invite', { payload: AwardPayload });
    @Injectable()
    class Orphan {
      @JobHandler(Other)
      async invite(_payload: AwardPayload, _job: JobContext): Promise<void> {}
    }
    await expect(createApp([Orphan])).rejects.toThrow("queue('referrals')");
  });

  it('when the module is imported twice', async () => {
    const root = () => QueueModule.forRoot({ url: redis.url });
    @Module({ imports: [root(), root()] })
    class App {}
    await expect(
      NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
    ).rejects.toThrow('QueueModule.forRoot: got 2; import it once');
  });

  it.each(['http://localhost', 'localhost:6379', '', undefined])(
    'when the address of Redis is %p',
    async (url) => {
      @Module({ imports: [QueueModule.forRoot({ url: url as string })] })
      class App {}
      await expect(
        NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
      ).rejects.toThrow('use an address such as redis://localhost:6379');
    },
  );

  it.each(['points', 'Points.award', 'points.award.now', 'points:award'])(
    'when a job is named %p',
    (name) => {
      expect(() => defineJob(name as never, { payload: AwardPayload })).toThrow('domain.verb');
    },
  );
});
