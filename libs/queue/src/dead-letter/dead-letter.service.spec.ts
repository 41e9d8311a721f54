import { DRAIN, JobPublisher, SystemClock, type Clock, type Drainable } from '@loyalnest/core';
import { eventually, FakeClock, RedisServer } from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { IsInt, Min } from 'class-validator';
import {
  deadLettered,
  DeadLetterService,
  defineJob,
  InvalidPayloadError,
  JobHandler,
  JobProducer,
  queue,
  QueueModule,
  RedriveTasks,
  type DeadLettered,
  type DeadLetterOptions,
} from '../index.js';
import { DeadLetterMaintenance } from './dead-letter-maintenance.js';

class AwardPayload {
  @IsInt()
  @Min(1)
  points!: number;
}

const Award = defineJob('points.award', { payload: AwardPayload, attempts: 1 });

class LedgerClosedError extends Error {}

@Injectable()
class AwardHandler {
  runs = 0;
  broken = true;

  @JobHandler(Award)
  async award(): Promise<void> {
    this.runs++;
    if (this.broken) throw new LedgerClosedError('ledger is closed');
  }
}

let redis: RedisServer;
let apps: INestApplicationContext[] = [];
let prefix: string;
let lines: string[];
let told: DeadLettered[];
let prefixes = 0;
let endSubscription: () => void;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  prefix = `{service-${++prefixes}}`;
  lines = [];
  told = [];
  endSubscription = deadLettered.subscribe((event) => told.push(event));
});
afterEach(async () => {
  endSubscription();
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});
afterAll(() => redis.stop());

interface AppOptions {
  readonly providers?: Type[];
  readonly clock?: Clock;
  readonly deadLetters?: DeadLetterOptions;
}

async function start({
  providers = [AwardHandler],
  clock = new SystemClock(),
  deadLetters = {},
}: AppOptions = {}): Promise<INestApplicationContext> {
  @Module({
    imports: [
      QueueModule.forRoot({ url: redis.url, prefix, clock, deadLetters }),
      QueueModule.forFeature(queue('points')),
    ],
    providers,
  })
  class App {}
  const write = (line: unknown): void => void lines.push(String(line));
  const app = await NestFactory.createApplicationContext(App, {
    logger: { log: () => {}, warn: write, error: write, fatal: write },
  });
  apps.push(app);
  return app;
}

const bull = (app: INestApplicationContext): Queue =>
  app.get<Queue>(getQueueToken('points'), { strict: false });

async function die(app: INestApplicationContext, count = 1): Promise<readonly string[]> {
  const before = await bull(app).getFailedCount();
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    ids.push((await app.get(JobProducer).enqueue(Award, { points: i + 1 })).id);
  }
  await eventually(async () => (await bull(app).getFailedCount()) === before + count);
  return ids;
}

async function stopIntake(app: INestApplicationContext): Promise<void> {
  for (const type of [DeadLetterMaintenance, RedriveTasks]) {
    const steps = app.get<Drainable>(type as never, { strict: false })[DRAIN]();
    for (const step of steps) await step.run(AbortSignal.timeout(5_000));
  }
}

describe('the index', () => {
  it('has a dead letter at once when its job dies in this process', async () => {
    const app = await start({ clock: new FakeClock(Date.now()) });
    const [id] = await die(app);
    await eventually(() => expect(told).toMatchObject([{ id, reason: 'exhausted' }]));
    expect(await app.get(DeadLetterService).groups('points')).toMatchObject([
      { name: 'points.award', error: 'LedgerClosedError', message: 'ledger is closed', count: 1 },
    ]);
  });

  it('gets the missing dead letters at boot, and regularly after it', async () => {
    const app = await start();
    app.get(DeadLetterMaintenance, { strict: false }).onApplicationShutdown();
    const [first] = await die(app);
    expect(told).toEqual([]);
    const clock = new FakeClock(Date.now());
    await start({
      providers: [],
      clock,
      deadLetters: { reconcileEvery: '1m', fullReconcileEvery: '20d', pruneEvery: '20d' },
    });
    await eventually(() => expect(told).toMatchObject([{ id: first }]));
    const [second] = await die(app);
    await eventually(async () => {
      await clock.advance(60_000);
      expect(told).toMatchObject([{ id: first }, { id: second }]);
    });
  });

  it('reports dead letters that something else removed', async () => {
    const clock = new FakeClock(Date.now());
    const app = await start({ clock });
    const ids = await die(app, 3);
    await eventually(() => expect(told).toHaveLength(3));
    await bull(app).remove(ids[0]!);
    await bull(app).remove(ids[1]!);
    await eventually(async () => {
      await clock.advance(60_000);
      expect(lines).toContainEqual(expect.stringContaining("2 dead letters of 'points' are gone"));
    });
  });
});

describe('the retention', () => {
  it('is enforced in the background, with a warning', async () => {
    const clock = new FakeClock(Date.now());
    const app = await start({ clock, deadLetters: { maxCount: 2 } });
    const ids = await die(app, 5);
    await eventually(() => expect(told).toHaveLength(5));
    await eventually(async () => {
      await clock.advance(10 * 60_000);
      expect(await bull(app).getFailedCount()).toBe(2);
    });
    expect(await bull(app).getJob(ids[0]!)).toBeUndefined();
    await eventually(() =>
      expect(lines).toContain("the retention removed dead letters of 'points': 3 exhausted"),
    );
  });
});

it('holds no timer after the intake has stopped', async () => {
  const clock = new FakeClock(Date.now());
  const app = await start({ providers: [], clock });
  await eventually(() => expect(clock.pendingTimers).toBe(4));
  await stopIntake(app);
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(3_600_000);
  expect(clock.pendingTimers).toBe(0);
});

it('tells an outbox that a discarded dead letter is dead, not lost', async () => {
  const app = await start();
  const [id] = await die(app);
  const jobs = [{ id: id!, name: Award.name }];
  const letters = app.get(DeadLetterService);
  await letters.discard('points', id!, { by: 'ada', reason: 'a test' });
  expect(await app.get(JobPublisher).fates(jobs)).toEqual(['dead']);
  await letters.restore('points', id!, 'ada');
  expect(await app.get(JobPublisher).fates(jobs)).toEqual(['dead']);
});

it('tells an outbox how long a dead letter can be redriven', async () => {
  const deadLetters = { maxAge: '10d', reasons: { poison: { maxAge: '20d' } }, discardedFor: '1d' };
  const app = await start({ providers: [], deadLetters: deadLetters as DeadLetterOptions });
  expect(app.get(JobPublisher).redrivableForMs).toBe(21 * 86_400_000);
});

it('validates an edited payload with the definition of its handler', async () => {
  const app = await start();
  const [id] = await die(app);
  const letters = app.get(DeadLetterService);
  const { revision } = await letters.get('points', id!);
  const edit = (points: number) =>
    letters.editAndRedrive('points', id!, { payload: { points }, revision, by: 'ada' });
  await expect(edit(-1)).rejects.toThrow(InvalidPayloadError);
  app.get(AwardHandler).broken = false;
  await edit(7);
  await eventually(async () => expect(await bull(app).getCompletedCount()).toBe(1));
  expect((await bull(app).getJob(id!))!.data).toMatchObject({ payload: { points: 7 } });
});

describe('a redrive task', () => {
  it('runs where it was started', async () => {
    const app = await start();
    await die(app, 5);
    app.get(AwardHandler).broken = false;
    const tasks = app.get(RedriveTasks);
    expect(await tasks.count('points', { name: 'points.award' })).toBe(5);
    const { id } = await tasks.start('points', { by: 'ada' });
    await eventually(async () =>
      expect(await tasks.get('points', id)).toMatchObject({ state: 'completed', succeeded: 5 }),
    );
    expect(await tasks.list('points')).toMatchObject([{ id, by: 'ada' }]);
  });

  it('is released when its process stops, and continues in another', async () => {
    const first = await start();
    await die(first, 40);
    first.get(AwardHandler).broken = false;
    const { id } = await first.get(RedriveTasks).start('points', { by: 'ada', rate: 20 });
    await eventually(async () =>
      expect((await first.get(RedriveTasks).get('points', id)).redriven).toBeGreaterThan(3),
    );
    await stopIntake(first);
    const { redriven } = await first.get(RedriveTasks).get('points', id);
    expect(redriven).toBeLessThan(40);
    const second = await start({ providers: [] });
    await eventually(async () =>
      expect(await second.get(RedriveTasks).get('points', id)).toMatchObject({
        state: 'completed',
        redriven: 40,
        succeeded: 40,
      }),
    );
    expect(first.get(AwardHandler).runs).toBe(80);
  });
});
