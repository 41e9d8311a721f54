import { currentContext, LoyalNestError, runInContext, SystemClock } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Injectable, Scope, UseGuards, type INestApplicationContext } from '@nestjs/common';
import { QueueEvents } from 'bullmq';
import { Award, AwardHandler, AwardPayload, bullOf, PointsApps } from '../../test/points-app.js';
import {
  DeadLetterService,
  defineJob,
  JobHandler,
  jobEnqueued,
  jobFinished,
  JobLockLostError,
  jobPostponed,
  JobProducer,
  jobRetried,
  jobStalled,
  jobStarted,
  QueueConnection,
  type DeadLetterReason,
} from '../index.js';

const clock = new SystemClock();
let apps: PointsApps;
const endSubscriptions: (() => void)[] = [];
beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(async () => {
  for (const end of endSubscriptions.splice(0)) end();
  await apps.closeAll();
});
afterAll(() => apps.redis.stop());

function record<Event extends object>(channel: {
  subscribe(listener: (event: Event) => void): () => void;
}): Event[] {
  const events: Event[] = [];
  endSubscriptions.push(channel.subscribe((event) => events.push(event)));
  return events;
}

async function deadLetter(app: INestApplicationContext, reason: DeadLetterReason) {
  return eventually(async () => {
    const { items } = await app.get(DeadLetterService).list('points');
    expect(items).toMatchObject([{ reason }]);
    return items[0]!;
  });
}

const Bonus = defineJob('points.bonus', { payload: AwardPayload });

@Injectable()
class BonusHandler {
  attempts: number[] = [];

  @JobHandler(Bonus)
  async bonus(_payload: AwardPayload, { attempt }: { attempt: number }): Promise<void> {
    this.attempts.push(attempt);
  }
}

describe('a job that this service does not know', () => {
  it('waits until a newer service takes it, and no attempt is counted', async () => {
    const prefix = '{deploy}';
    const postponed = record(jobPostponed);
    const old = await apps.create({ prefix });
    await old.get(JobProducer).enqueue(Bonus, { points: 1 });
    await eventually(() => expect(postponed).toHaveLength(1));
    expect(postponed[0]).toMatchObject({ name: 'points.bonus', delayMs: 1_000 });
    await eventually(async () => expect(await bullOf(old).getDelayedCount()).toBe(1));
    await old.close();
    const next = await apps.create({ prefix, providers: [BonusHandler] });
    await eventually(() => expect(next.get(BonusHandler).attempts).toEqual([1]));
  });

  it('becomes a dead letter if no service takes it, and waits again after a redrive', async () => {
    const app = await apps.create({ module: { unknownNameFor: '50ms' } });
    const postponed = record(jobPostponed);
    const { id } = await app.get(JobProducer).enqueue(Bonus, { points: 1 });
    const letter = await deadLetter(app, 'unknown-name');
    expect(letter.message).toBe('no handler for points.bonus in this service');
    expect(postponed).toHaveLength(1);
    await app.get(DeadLetterService).redrive('points', id, 'ada');
    await eventually(() => expect(postponed).toHaveLength(2));
    await deadLetter(app, 'unknown-name');
  });

  it('also waits when it has a newer version', async () => {
    const postponed = record(jobPostponed);
    const app = await apps.create();
    await app.get(JobProducer).enqueue({ ...Award, version: 2 }, { points: 1 });
    await eventually(() =>
      expect(postponed).toMatchObject([
        { reason: 'this service runs points.award up to version 1, and the job has version 2' },
      ]),
    );
    expect(app.get(AwardHandler).runs).toHaveLength(0);
  });
});

describe('a job of an older version', () => {
  const Versioned = defineJob('points.award', {
    payload: AwardPayload,
    version: 2,
    upcast: { 1: ({ amount }: { amount: number }) => ({ points: amount }) },
  });

  it('is upgraded to the current version before it is validated and run', async () => {
    @Injectable()
    class VersionedHandler {
      readonly points: number[] = [];
      @JobHandler(Versioned)
      async award(payload: AwardPayload): Promise<void> {
        this.points.push(payload.points);
      }
    }
    const app = await apps.create({ providers: [VersionedHandler] });
    const Old = { ...Versioned, version: 1, validate: async (payload: unknown) => payload };
    await app.get(JobProducer).enqueue(Old as never, { amount: 7 });
    await eventually(() => expect(app.get(VersionedHandler).points).toEqual([7]));
  });

  it.each([
    [{ 1: (old: unknown) => old, 3: (old: unknown) => old }, 'upcast.2'],
    [{ 4: (old: unknown) => old }, 'use versions from 1 to 3'],
    [{ 3: 'text' }, 'use a function'],
  ])('is refused by defineJob with the upcasters %j', (upcast, problem) => {
    const define = () =>
      defineJob('points.x', { payload: AwardPayload, version: 4, upcast: upcast as never });
    expect(define).toThrow(problem);
  });
});

describe('progress and log lines of a run', () => {
  it('are stored with the job', async () => {
    const app = await apps.create();
    app.get(AwardHandler).behave = async (_payload, { progress, log }) => {
      await log('half way, no SMS to +491761234567');
      await progress({ percent: 50 });
    };
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(1));
    expect(await bullOf(app).getJobLogs(id)).toMatchObject({
      logs: ['half way, no SMS to [redacted]'],
    });
    expect(((await bullOf(app).getJob(id)) as { progress: unknown }).progress).toEqual({
      percent: 50,
    });
  });

  it('never fail the run, even if Redis is unavailable or the value is not JSON', async () => {
    const app = await apps.create();
    app.get(AwardHandler).behave = async (_payload, { progress, log }) => {
      app.get(QueueConnection).producer.disconnect();
      await log('lost');
      await progress(50);
      await progress({ big: 1n });
    };
    const finished = record(jobFinished);
    await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(() => expect(finished).toMatchObject([{ outcome: 'completed' }]));
    expect(app.get(AwardHandler).runs).toHaveLength(1);
  });
});

describe('a failure that is stored in Redis', () => {
  it('keeps the error class, but no addresses, phone numbers or credentials', async () => {
    class SmsFailed extends LoyalNestError {
      readonly code = 'SMS_FAILED';
      readonly category = 'unavailable';
      readonly retryable = true;
    }
    const secrets = [
      'ada@example.com',
      '+49 176 1234567',
      'eyJhbGciOi.abc',
      '555-123-4567',
      's3cret',
    ];
    const app = await apps.create();
    const events = new QueueEvents('points', {
      connection: { url: apps.redis.url } as never,
      prefix: app.get(QueueConnection).options.prefix,
    });
    await events.waitUntilReady();
    const stream: string[] = [];
    events.on('failed', ({ failedReason }) => stream.push(failedReason));
    app.get(AwardHandler).behave = async () => {
      throw new SmsFailed(
        `to ${secrets[0]} or ${secrets[1]} or ${secrets[3]}: Bearer ${secrets[2]} password=${secrets[4]} order 1234567890123`,
      );
    };
    const retried = record(jobRetried);
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 });
    const letter = await deadLetter(app, 'exhausted');
    await eventually(() => expect(stream).toHaveLength(1));
    await events.close();
    const stored = await app.get(QueueConnection).producer.hgetall(bullOf(app).toKey(id));
    const text = JSON.stringify([stored, stream, letter]);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(letter.message).toContain('order 1234567890123');
    expect(stored['stacktrace']).toContain('SmsFailed');
    expect((retried[0]!.error as SmsFailed).code).toBe('SMS_FAILED');
  });
});

describe('events', () => {
  it('report each step of a job with its times', async () => {
    const channels = {
      enqueued: record(jobEnqueued),
      started: record(jobStarted),
      retried: record(jobRetried),
      finished: record(jobFinished),
    };
    const app = await apps.create();
    app.get(AwardHandler).behave = async (_payload, { attempt }) => {
      await clock.sleep(20);
      if (attempt === 1) throw new Error('once');
    };
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 }, { delay: '1s' });
    await eventually(() => expect(channels.finished).toHaveLength(2));
    expect(channels.enqueued).toEqual([{ id, name: 'points.award' }]);
    const job = { id, name: 'points.award' };
    expect(channels.started).toMatchObject([
      { ...job, attempt: 1, attempts: 2, waitMs: expect.any(Number) },
      { ...job, attempt: 2, attempts: 2 },
    ]);
    // Measured from the end of its delay, not from the enqueue.
    expect(channels.started[0]!.waitMs).toBeLessThan(1_000);
    expect(channels.retried).toMatchObject([{ ...job, attempt: 1, delayMs: 1 }]);
    expect(channels.finished).toMatchObject([
      { ...job, attempt: 1, outcome: 'failed' },
      { ...job, attempt: 2, outcome: 'completed' },
    ]);
    expect(channels.finished[1]!.durationMs).toBeGreaterThanOrEqual(19);
  });

  it('have no waitMs for a redriven job, which was dead and did not wait', async () => {
    const [started, finished] = [record(jobStarted), record(jobFinished)];
    const app = await apps.create();
    app.get(AwardHandler).behave = async () => {
      if (started.length < 3) throw new Error('down');
    };
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(() => expect(finished.at(-1)).toMatchObject({ outcome: 'dead' }));
    // The run is over before BullMQ has stored its failure.
    await eventually(() => app.get(DeadLetterService).redrive('points', id, 'ada'));
    await eventually(() => expect(finished.at(-1)).toMatchObject({ outcome: 'completed' }));
    expect(started.map(({ attempt, waitMs }) => [attempt, typeof waitMs])).toEqual([
      [1, 'number'],
      [2, 'undefined'],
      [1, 'undefined'],
    ]);
  });

  it('report a cancelled job once it becomes a dead letter', async () => {
    const finished = record(jobFinished);
    const app = await apps.create();
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 }, { delay: 50 });
    await app.get(JobProducer).cancel(Award, id, 'refund');
    await eventually(() => expect(finished).toMatchObject([{ id, outcome: 'dead' }]));
  });
});

describe('a job whose lock is lost', () => {
  it('aborts its run, counts no attempt, and runs again', async () => {
    const stalled = record(jobStalled);
    const finished = record(jobFinished);
    const app = await apps.create({ queue: { lock: '1s' } });
    const handler = app.get(AwardHandler);
    handler.behave = (_payload, { signal }) =>
      new Promise((resolve) => {
        if (handler.runs.length > 1) resolve(undefined);
        signal.addEventListener('abort', () => resolve(undefined));
      });
    const { id } = await app.get(JobProducer).enqueue(Award, { points: 1 });
    await eventually(() => expect(handler.runs).toHaveLength(1));
    await app.get(QueueConnection).producer.del(bullOf(app).toKey(`${id}:lock`));
    await eventually(() => expect(handler.runs[0]!.job.signal.aborted).toBe(true));
    expect(handler.runs[0]!.job.signal.reason).toBeInstanceOf(JobLockLostError);
    await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(1));
    expect(stalled).toEqual([{ id, queue: 'points' }]);
    expect(finished.map(({ outcome }) => outcome)).toEqual(['lost', 'completed']);
    expect(handler.runs.map(({ job }) => job.attempt)).toEqual([1, 1]);
  });
});

it('the listeners of an abandoned job run in its own context', async () => {
  const app = await apps.create({ queue: { lock: '1s', concurrency: 3 } });
  const aborted: (string | undefined)[][] = [];
  const handler = app.get(AwardHandler);
  handler.behave = (_payload, { signal }) =>
    new Promise((resolve) => {
      if (handler.runs.length > 3) resolve(undefined);
      const { merchantId } = currentContext()!;
      signal.addEventListener('abort', () => {
        aborted.push([merchantId, currentContext()?.merchantId]);
        resolve(undefined);
      });
    });
  const ids: string[] = [];
  for (const merchantId of ['acme', 'bolt', 'crux']) {
    await runInContext({ correlationId: merchantId, merchantId }, async () => {
      ids.push((await app.get(JobProducer).enqueue(Award, { points: 1 })).id);
    });
  }
  await eventually(() => expect(handler.runs).toHaveLength(3));
  const { producer } = app.get(QueueConnection);
  await Promise.all(ids.map((id) => producer.del(bullOf(app).toKey(`${id}:lock`))));
  await eventually(() => expect(aborted).toHaveLength(3));
  expect(aborted.sort()).toEqual(['acme', 'bolt', 'crux'].map((name) => [name, name]));
});

describe('global concurrency', () => {
  it('limits all processes together, until the queue is declared without it', async () => {
    const prefix = '{global}';
    let running = 0;
    let max = 0;
    const work = async (): Promise<void> => {
      max = Math.max(max, ++running);
      await clock.sleep(20);
      running--;
    };
    const both = [
      await apps.create({ prefix, queue: { concurrency: 5, globalConcurrency: 2 } }),
      await apps.create({ prefix, queue: { concurrency: 5, globalConcurrency: 2 } }),
    ];
    for (const app of both) app.get(AwardHandler).behave = work;
    const items = Array.from({ length: 20 }, () => ({ payload: { points: 1 } }));
    await eventually(async () => expect(await bullOf(both[0]!).getGlobalConcurrency()).toBe(2));
    await both[0]!.get(JobProducer).enqueueMany(Award, items);
    await eventually(async () => expect(await bullOf(both[0]!).getCompletedCount()).toBe(20), {
      within: '15s',
    });
    expect(max).toBe(2);
    const without = await apps.create({ prefix, queue: { concurrency: 5 } });
    await eventually(async () => expect(await bullOf(without).getGlobalConcurrency()).toBeNull());
  });
});

describe('the boot fails', () => {
  @Injectable({ scope: Scope.REQUEST })
  class RequestGuard {
    canActivate(): boolean {
      return true;
    }
  }

  it('for a handler with a request-scoped class or enhancer', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @JobHandler(Award)
      async award(_payload: AwardPayload): Promise<void> {}
    }
    @Injectable()
    class GuardedHandler {
      @UseGuards(RequestGuard)
      @JobHandler(Award)
      async award(_payload: AwardPayload): Promise<void> {}
    }
    for (const provider of [PerRequest, GuardedHandler]) {
      await expect(apps.create({ providers: [provider] })).rejects.toThrow(
        'make the class, its dependencies and its enhancers singletons',
      );
    }
  });
});
