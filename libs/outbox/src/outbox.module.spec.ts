import {
  CHECK_HEALTH,
  JobPublisher,
  runInContext,
  type JobDescriptor,
  type JobFate,
  type PublishableJob,
  type PublishResult,
} from '@loyalnest/core';
import { eventually, PostgresServer } from '@loyalnest/testing';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { fromDrizzle } from './drizzle/index.js';
import {
  eventConsumed,
  fromPg,
  Inbox,
  Outbox,
  OutboxModule,
  OutboxRelay,
  type EventConsumed,
  type OutboxModuleOptions,
  type SqlDatabase,
} from './index.js';

interface Paid {
  readonly orderId: string;
}

const OrderPaid: JobDescriptor<Paid> = {
  name: 'points.calculate',
  version: 2,
  attempts: 5,
  validate: async (payload) => {
    if (typeof (payload as Paid).orderId !== 'string') throw new Error('orderId: must be a string');
    return payload as Paid;
  },
};

/** A queue that can be unavailable and that lets the test decide the fate of its jobs. */
class MemoryPublisher extends JobPublisher {
  readonly jobs = new Map<string, PublishableJob>();
  readonly fate = new Map<string, JobFate>();
  published = 0;
  isUnavailable = false;

  async publish(jobs: readonly PublishableJob[]): Promise<readonly PublishResult[]> {
    return jobs.map((job) => {
      if (this.isUnavailable)
        return { id: job.id, outcome: 'failed', error: new Error('unavailable') };
      this.published++;
      const outcome = this.jobs.has(job.id) ? 'duplicate' : 'published';
      this.jobs.set(job.id, job);
      return { id: job.id, outcome };
    });
  }

  async fates(jobs: readonly Pick<PublishableJob, 'id'>[]): Promise<readonly JobFate[]> {
    return jobs.map(({ id }) => (this.jobs.has(id) ? (this.fate.get(id) ?? 'pending') : 'unknown'));
  }
}

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.start({ durable: false });
});
afterAll(async () => {
  await postgres.stop();
});

const DATABASES = {
  fromPg: (pool: Pool) => fromPg(pool) as SqlDatabase<unknown>,
  fromDrizzle: (pool: Pool) => fromDrizzle(drizzle(pool)) as SqlDatabase<unknown>,
};

describe.each(Object.entries(DATABASES))('with %s', (adapter, adapt) => {
  let pool: Pool;
  let database: SqlDatabase<unknown>;
  let publisher: MemoryPublisher;
  const apps: INestApplicationContext[] = [];
  let count = 0;

  beforeEach(async () => {
    const url = await postgres.createDatabase(`${adapter.toLowerCase()}_${++count}`);
    pool = new Pool({ connectionString: url, max: 5 });
    // The server may close an idle connection first, which must not fail the test.
    pool.on('error', () => {});
    database = adapt(pool);
    publisher = new MemoryPublisher();
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await pool.end();
  });

  async function createApp(options: Partial<OutboxModuleOptions> = {}) {
    @Module({
      providers: [{ provide: JobPublisher, useValue: publisher }],
      exports: [JobPublisher],
    })
    class QueueStub {}
    @Module({
      imports: [
        OutboxModule.forRootAsync({
          imports: [QueueStub],
          useFactory: () => ({
            database,
            pollInterval: '10ms' as const,
            confirmAfter: '10ms' as const,
            ...options,
          }),
        }),
      ],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, {
      logger: false,
      abortOnError: false,
    });
    apps.push(app);
    return app;
  }

  const rows = async (): Promise<number> =>
    Number((await pool.query('select count(*) from loyalnest_outbox')).rows[0].count);

  it('publishes an event with the request context when its transaction commits', async () => {
    const app = await createApp();
    const outbox = app.get(Outbox);
    const id = await runInContext({ correlationId: 'order-7', merchantId: 'shop' }, () =>
      database.transaction((tx) =>
        outbox.publish(tx, OrderPaid, { orderId: '820982911946154508' }),
      ),
    );
    const job = await eventually(() => publisher.jobs.get(id) ?? false);
    expect(job).toMatchObject({
      id,
      name: 'points.calculate',
      version: 2,
      attempts: 5,
      payload: { orderId: '820982911946154508' },
      context: { correlationId: 'order-7', merchantId: 'shop' },
    });
  });

  it('publishes nothing if the transaction rolls back', async () => {
    const app = await createApp();
    await expect(
      database.transaction(async (tx) => {
        await app.get(Outbox).publish(tx, OrderPaid, { orderId: '1' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await rows()).toBe(0);
  });

  it('refuses an invalid payload and stores nothing', async () => {
    const app = await createApp();
    const result = database.transaction((tx) =>
      app.get(Outbox).publish(tx, OrderPaid, { orderId: 1 } as never),
    );
    await expect(result).rejects.toThrow('orderId: must be a string');
    expect(await rows()).toBe(0);
  });

  it('keeps events while the queue is unavailable and publishes them when it is back', async () => {
    publisher.isUnavailable = true;
    const app = await createApp();
    await database.transaction(async (tx) => {
      for (const orderId of ['1', '2', '3'])
        await app.get(Outbox).publish(tx, OrderPaid, { orderId });
    });
    await eventually(async () => {
      const { rows: failed } = await pool.query(
        "select 1 from loyalnest_outbox where last_error = 'unavailable' and publish_attempts > 1",
      );
      expect(failed).toHaveLength(3);
    });
    publisher.isUnavailable = false;
    await eventually(() => expect(publisher.jobs.size).toBe(3));
  });

  it('publishes an event again if the queue has lost it', async () => {
    const app = await createApp();
    const id = await database.transaction((tx) =>
      app.get(Outbox).publish(tx, OrderPaid, { orderId: '1' }),
    );
    await eventually(() => expect(publisher.jobs.has(id)).toBe(true));
    publisher.jobs.clear();
    await eventually(() => expect(publisher.jobs.has(id)).toBe(true));
    expect(publisher.published).toBe(2);
  });

  it.each(['completed', 'dead'] as const)('deletes an event whose job is %s', async (fate) => {
    const app = await createApp();
    const id = await database.transaction((tx) =>
      app.get(Outbox).publish(tx, OrderPaid, { orderId: '1' }),
    );
    await eventually(() => expect(publisher.jobs.has(id)).toBe(true));
    expect(await rows()).toBe(1);
    publisher.fate.set(id, fate);
    await eventually(async () => expect(await rows()).toBe(0));
    expect(publisher.published).toBe(1);
  });

  it('shares the work between relays and publishes each event once', async () => {
    publisher.isUnavailable = true;
    const first = await createApp({ batchSize: 7 });
    await createApp({ batchSize: 7 });
    await database.transaction(async (tx) => {
      for (let i = 0; i < 100; i++) {
        await first.get(Outbox).publish(tx, OrderPaid, { orderId: String(i) });
      }
    });
    publisher.isUnavailable = false;
    await eventually(() => expect(publisher.jobs.size).toBe(100));
    await Promise.all(apps.map((app) => app.get(OutboxRelay).onModuleDestroy()));
    expect(publisher.published).toBe(100);
  });

  it('is degraded while events have been unpublished for too long', async () => {
    publisher.isUnavailable = true;
    const app = await createApp({ degradedAfter: 20 });
    const relay = app.get(OutboxRelay);
    expect(await relay[CHECK_HEALTH]()).toMatchObject({ status: 'up' });
    await database.transaction((tx) => app.get(Outbox).publish(tx, OrderPaid, { orderId: '1' }));
    await eventually(async () =>
      expect(await relay[CHECK_HEALTH]()).toMatchObject({
        status: 'degraded',
        code: 'outbox-lag',
      }),
    );
  });

  it('applies an event once for 20 concurrent calls and gives all of them its result', async () => {
    const app = await createApp();
    let effects = 0;
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.get(Inbox).once('points.calculate', 'event-1', async () => ({ points: ++effects })),
      ),
    );
    expect(effects).toBe(1);
    expect(results.filter(({ applied }) => applied)).toHaveLength(1);
    expect(results.every(({ result }) => result.points === 1)).toBe(true);
  });

  it('rolls back an effect that fails and applies it on the next call', async () => {
    const app = await createApp();
    const inbox = app.get(Inbox);
    await pool.query('create table effects (id int)');
    const effect = async (tx: unknown, fails: boolean): Promise<void> => {
      await database.within(tx).query('insert into effects values (1)');
      if (fails) throw new Error('no');
    };
    await expect(inbox.once('c', 'e', (tx) => effect(tx, true))).rejects.toThrow('no');
    expect(await inbox.once('c', 'e', (tx) => effect(tx, false))).toMatchObject({ applied: true });
    expect((await pool.query('select * from effects')).rowCount).toBe(1);
  });

  it('applies an event once for each consumer', async () => {
    const app = await createApp();
    const inbox = app.get(Inbox);
    expect(await inbox.once('one', 'e', async () => 1)).toEqual({ applied: true, result: 1 });
    expect(await inbox.once('two', 'e', async () => 2)).toEqual({ applied: true, result: 2 });
  });

  it('reports each committed event as applied or repeated, and none that was rolled back', async () => {
    const app = await createApp();
    const inbox = app.get(Inbox);
    const events: EventConsumed[] = [];
    const end = eventConsumed.subscribe((event) => void events.push(event));
    const fails = inbox.once('counter', 'e', () => Promise.reject(new Error('no')));
    await expect(fails).rejects.toThrow('no');
    for (let i = 0; i < 2; i++) await inbox.once('counter', 'e', async () => 1);
    end();
    expect(events).toEqual([
      { consumer: 'counter', applied: true },
      { consumer: 'counter', applied: false },
    ]);
  });

  it('recovers after Postgres was unavailable', async () => {
    const app = await createApp();
    await postgres.kill();
    await postgres.restart();
    const id = await eventually(() =>
      database.transaction((tx) => app.get(Outbox).publish(tx, OrderPaid, { orderId: '1' })),
    );
    await eventually(() => expect(publisher.jobs.has(id)).toBe(true));
  });

  it('creates its tables once when several instances start together', async () => {
    await Promise.all([createApp(), createApp(), createApp()]);
    expect(await rows()).toBe(0);
  });
});
