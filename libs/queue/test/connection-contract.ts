import { CHECK_HEALTH, type Duration } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { QueueConnection } from '../src/connection/queue-connection.js';
import type { RedisConnectionOptions } from '../src/connection/connection.options.js';
import { duplicateWaiting } from '../src/connection/redis-client.js';
import { DeadLetterService } from '../src/dead-letter/dead-letter.service.js';
import { JobProducer } from '../src/producer/job-producer.js';
import { RedriveTasks } from '../src/redrive-tasks/redrive-tasks.js';
import { JobSchedules } from '../src/schedule/job-schedules.js';
import { ContractApps } from './contract-apps.js';
import { failsFast } from './fails-fast.js';
import { Award, AwardHandler, bullOf } from './points-app.js';

/** A Redis setup, with faults that hit all its servers at once. */
export interface RedisSetup {
  readonly connection: RedisConnectionOptions;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** Restarts all servers with their data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Names of the client connections to the Redis servers, without this setup's own. */
  clients(): Promise<readonly string[]>;
}

/** For tests that are not about time limits: a busy machine may need longer than the default. */
const PATIENT = { producerTimeout: '10s' } as const;
const COMES_BACK = { within: '25s', every: '50ms' } as const;

/** Tests that the module must pass on every kind of Redis setup. */
export function describeConnection(kind: string, start: () => Promise<RedisSetup>): void {
  describe(`queues on ${kind}`, () => {
    let redis: RedisSetup;
    let apps: ContractApps;

    beforeAll(async () => {
      redis = await start();
      apps = new ContractApps(redis.connection);
    });
    afterEach(async () => {
      await apps.closeAll();
      jest.restoreAllMocks();
    });
    afterAll(() => redis.stop());

    const points = (app: INestApplicationContext): number[] =>
      app.get(AwardHandler).runs.map((run) => run.points);

    async function runsAgain(app: INestApplicationContext, value: number): Promise<void> {
      const key = { idempotencyKey: `back-${value}` };
      await eventually(async () => {
        await app.get(JobProducer).enqueue(Award, { points: value }, key);
        expect(points(app)).toContain(value);
      }, COMES_BACK);
    }

    it('handle a job, make it a dead letter, and redrive it', async () => {
      const app = await apps.create(PATIENT);
      const handler = app.get(AwardHandler);
      const letters = app.get(DeadLetterService);
      handler.behave = () => Promise.reject(new Error('ledger is closed'));
      const { id } = await app.get(JobProducer).enqueue(Award, { points: 7 });
      await eventually(async () => expect((await letters.list('points')).total).toBe(1));
      expect(points(app)).toEqual([7, 7]);
      expect(await letters.get('points', id)).toMatchObject({ id, reason: 'exhausted' });
      handler.behave = async () => undefined;
      await letters.redrive('points', id, 'ada');
      await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(1));
    });

    it('enqueue many jobs at once, each exactly once', async () => {
      const app = await apps.create(PATIENT);
      const items = Array.from({ length: 120 }, (_, i) => ({
        payload: { points: i + 1 },
        idempotencyKey: `many-${i}`,
      }));
      const first = await app.get(JobProducer).enqueueMany(Award, items);
      const second = await app.get(JobProducer).enqueueMany(Award, items);
      expect(first.map(({ outcome }) => outcome)).toEqual(items.map(() => 'enqueued'));
      expect(second.map(({ outcome }) => outcome)).toEqual(items.map(() => 'duplicate'));
      await eventually(() => expect(points(app)).toHaveLength(120), COMES_BACK);
      expect(new Set(points(app)).size).toBe(120);
    });

    it('group, discard, restore, edit, prune and redrive dead letters', async () => {
      const app = await apps.create(PATIENT);
      const handler = app.get(AwardHandler);
      const letters = app.get(DeadLetterService);
      handler.behave = () => Promise.reject(new Error('ledger is closed'));
      const items = [1, 2, 3].map((value) => ({ payload: { points: value } }));
      const [one, two] = await app.get(JobProducer).enqueueMany(Award, items);
      await eventually(async () => expect(await letters.count('points')).toBe(3));
      expect(await letters.groups('points')).toMatchObject([{ count: 3 }]);
      expect(await letters.reasons('points')).toMatchObject([{ reason: 'exhausted', count: 3 }]);

      await letters.discard('points', one!.id, { by: 'ada', reason: 'test' });
      expect(await letters.discarded('points')).toMatchObject({ total: 1 });
      await letters.restore('points', one!.id, 'ada');
      expect(await letters.rebuild('points')).toMatchObject({ queue: 'points' });
      await letters.of('points').prune();
      expect(await letters.count('points')).toBe(3);

      handler.behave = async () => undefined;
      const { revision } = await letters.get('points', two!.id);
      const edit = { payload: { points: 20 }, revision, by: 'ada' };
      await letters.editAndRedrive('points', two!.id, edit);
      const tasks = app.get(RedriveTasks);
      const task = await tasks.start('points', { by: 'ada', rate: 500, canary: 0 });
      await eventually(async () => expect(await letters.count('points')).toBe(0), COMES_BACK);
      await eventually(
        async () => expect((await tasks.get('points', task.id)).state).toBe('completed'),
        COMES_BACK,
      );
      expect(points(app)).toContain(20);
    });

    it('cancel a waiting job, and run a schedule', async () => {
      const app = await apps.create(PATIENT);
      const jobs = app.get(JobProducer);
      const { id } = await jobs.enqueue(Award, { points: 1 }, { delay: '1h' });
      expect(await jobs.cancel(Award, id, 'no longer wanted')).toEqual({ outcome: 'cancelled' });
      await app.get(JobSchedules).upsert(Award, 'every', { every: '1s', payload: { points: 9 } });
      await eventually(() => expect(points(app)).toContain(9), COMES_BACK);
    });

    it('fail in time while no server answers, and run jobs again afterwards', async () => {
      const app = await apps.create();
      await runsAgain(app, 10);
      redis.pause();
      try {
        await failsFast(app);
        await failsFast(app);
        await expect(health(app)).resolves.toBe('down');
      } finally {
        redis.resume();
      }
      await runsAgain(app, 11);
      await eventually(async () => expect(await health(app)).toBe('up'), COMES_BACK);
    });

    it('fail in time while all servers are down, and run the stored jobs afterwards', async () => {
      const app = await apps.create();
      const warn = jest.spyOn(Logger.prototype, 'warn');
      const log = jest.spyOn(Logger.prototype, 'log');
      await takes(app, 30, '2s');
      await redis.kill();
      await failsFast(app);
      await eventually(() => expect(linesOf(warn, 'is unavailable')).not.toHaveLength(0));
      await failsFast(app);
      expect(await health(app)).toBe('down');
      await redis.restart();
      await runsAgain(app, 31);
      await eventually(() => expect(points(app)).toContain(30), COMES_BACK);
      expect(points(app).filter((value) => value === 30)).toHaveLength(1);
      expect(await health(app)).toBe('up');
      const unavailable = linesOf(warn, 'is unavailable').map((line) =>
        line.replace(/ is unavailable.*/, ''),
      );
      expect(new Set(unavailable).size).toBe(unavailable.length);
      await eventually(() =>
        expect(linesOf(log, 'is available again')).toEqual(unavailable.map(isAvailable).sort()),
      );
    });

    it('work in an app that started while all servers were down, once they are up', async () => {
      await redis.kill();
      const app = await apps.create();
      await failsFast(app);
      await redis.restart();
      await runsAgain(app, 40);
    });

    it('let a worker wait for an answer, and for Redis, without a limit', async () => {
      const app = await apps.create();
      await runsAgain(app, 45);
      const { producer, options } = app.get(QueueConnection);
      const worker = duplicateWaiting(producer);
      worker.on('error', () => undefined);
      const key = `${options.prefix}:nothing`;
      try {
        // Longer than producerTimeout.
        await expect(worker.blpop(key, 1)).resolves.toBeNull();
        await redis.kill();
        await failsFast(app);
        const read = worker.get(key);
        await redis.restart();
        await expect(read).resolves.toBeNull();
      } finally {
        worker.disconnect();
      }
    });

    it('leave no connection after the app has closed', async () => {
      const app = await apps.create();
      await runsAgain(app, 50);
      expect(await redis.clients()).not.toEqual([]);
      await apps.closeAll();
      await eventually(async () => expect(await redis.clients()).toEqual([]));
    });

    it('let an app close while no server answers, and leave no timer', async () => {
      const before = timers();
      const app = await apps.create();
      await runsAgain(app, 70);
      redis.pause();
      try {
        await failsFast(app);
        await apps.closeAll();
        await endOfTimers(before);
      } finally {
        redis.resume();
      }
    });

    it('let an app close while all servers are down, and leave no timer or connection', async () => {
      const before = timers();
      const app = await apps.create();
      await runsAgain(app, 60);
      await redis.kill();
      await apps.closeAll();
      const { producer } = app.get(QueueConnection);
      await eventually(() => expect(producer.status).toBe('end'));
      await endOfTimers(before);
      await redis.restart();
    });
  });
}

/** Waits less than any time limit of a connection without an answer. */
async function endOfTimers(before: number): Promise<void> {
  const soon = { within: '5s', what: 'the end of all timers' } as const;
  await eventually(() => expect(timers()).toBeLessThanOrEqual(before), soon);
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

/** Enqueues a job once, as soon as Redis is available. */
export async function takes(
  app: INestApplicationContext,
  value: number,
  delay: Duration,
): Promise<void> {
  const how = { delay, idempotencyKey: `taken-${value}` };
  const enqueue = () => app.get(JobProducer).enqueue(Award, { points: value }, how);
  await eventually(enqueue, COMES_BACK);
}

async function health(app: INestApplicationContext): Promise<string> {
  const check = app.get(QueueConnection)[CHECK_HEALTH]();
  return check.then(
    ({ status }) => status,
    () => 'down',
  );
}

function linesOf(spy: jest.SpyInstance, text: string): string[] {
  return spy.mock.calls
    .map(([line]) => String(line))
    .filter((line) => line.includes(text))
    .sort();
}

function isAvailable(name: string): string {
  return `${name} is available again`;
}
