import { CHECK_HEALTH, Deadline, DRAIN, ON_SHUTDOWN, runInContext } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import {
  createTemporaryFolder,
  eventually,
  PostgresServer,
  removeTemporaryFolder,
} from '@loyalnest/testing';
import { sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import { Database } from './database.js';
import type { PostgresModuleOptions } from './postgres.options.js';
import { ValueRefusedError } from './value-refused.error.js';

const CREATE_ENTRIES = 'create table entries (id int primary key, note text)';

let postgres: PostgresServer;
let folder: string;
let url: string;
let open: Database[] = [];
let count = 0;

beforeAll(async () => {
  folder = createTemporaryFolder('migrations');
  postgres = await PostgresServer.start({ durable: false });
});
beforeEach(async () => {
  url = await postgres.createDatabase(`service_${++count}`);
});
afterEach(async () => {
  if (postgres.pid === undefined) await postgres.restart();
  postgres.resume();
  await Promise.all(open.map((database) => database.onApplicationShutdown()));
  open = [];
});
afterAll(async () => {
  await postgres.stop();
  await removeTemporaryFolder(folder);
});

/** A folder as drizzle-kit writes it, with one migration. */
async function migrationFolder(statements: string): Promise<string> {
  const path = join(folder, String(count));
  const entry = { idx: 0, version: '7', when: 1, tag: '0000_first', breakpoints: true };
  const journal = { version: '7', dialect: 'postgresql', entries: [entry] };
  await mkdir(join(path, 'meta'), { recursive: true });
  await writeFile(join(path, '0000_first.sql'), statements);
  await writeFile(join(path, 'meta', '_journal.json'), JSON.stringify(journal));
  return path;
}

async function create(
  options: Partial<PostgresModuleOptions> = {},
  migration = CREATE_ENTRIES,
): Promise<Database> {
  const migrations = await migrationFolder(migration);
  const database = new Database({ url, migrations, queryTimeout: '300ms', ...options });
  open.push(database);
  return database;
}

async function start(options: Partial<PostgresModuleOptions> = {}): Promise<Database> {
  const database = await create(options);
  await database.onModuleInit();
  return database;
}

const insert = (id: number, note = '') => sql`insert into entries values (${id}, ${note})`;

async function ids(database: Database): Promise<unknown[]> {
  const { rows } = await database.query((orm) =>
    orm.execute(sql`select id from entries order by 1`),
  );
  return rows.map(({ id }) => id);
}

/** Inserts on the next connection; the first attempt may get a broken one. */
async function insertNext(database: Database, id: number): Promise<void> {
  await eventually(async () => {
    await database.transaction((tx) => tx.execute(insert(id)));
  });
}

describe('a value that Postgres refuses', () => {
  it.each([
    ['text with U+0000', sql`insert into entries values (1, ${'a\0b'})`],
    ['a number out of range', sql`insert into entries values (${'9'.repeat(40)}, '')`],
    ['a number that is none', sql`insert into entries values (${'x'}, '')`],
    ['a time out of range', sql`select ${'0000-01-01T00:00:00Z'}::timestamptz`],
  ])("as %s is the caller's mistake", async (_what, statement) => {
    const database = await start();
    const attempts = [
      database.query((orm) => orm.execute(statement)),
      database.transaction((tx) => tx.execute(statement)),
    ];
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { code: 'VALUE_REFUSED', category: 'invalid', retryable: false },
      });
    }
    expect(await ids(database)).toEqual([]);
  });

  it('as a key that is too long for its index is the same', async () => {
    const database = await start();
    await database.query((orm) => orm.execute(sql`create index on entries (note)`));
    // Random, so that Postgres cannot compress it below the limit.
    const note = randomBytes(8_000).toString('hex');
    const attempt = database.query((orm) => orm.execute(insert(1, note)));
    await expect(attempt).rejects.toBeInstanceOf(ValueRefusedError);
  });
});

describe('while Postgres is unavailable', () => {
  it('work fails at once after a kill, and succeeds again when Postgres is back', async () => {
    const database = await start();
    await database.query((orm) => orm.execute(insert(1)));
    await postgres.kill();
    const startedAt = performance.now();
    await expect(ids(database)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      category: 'unavailable',
      retryable: true,
      retryAfterMs: 1_000,
    });
    await expect(database.transaction((tx) => tx.execute(insert(2)))).rejects.toThrow(
      DatabaseUnavailableError,
    );
    await expect(database.sql.query('select 1')).rejects.toThrow(DatabaseUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await postgres.restart();
    expect(await ids(database)).toEqual([1]);
  });

  it('work times out while Postgres is silent, and succeeds again when it answers', async () => {
    const database = await start();
    await database.query((orm) => orm.execute(insert(1)));
    postgres.pause();
    const startedAt = performance.now();
    // The first call gets the idle connection, the second has to open one.
    await expect(ids(database)).rejects.toThrow(DatabaseUnavailableError);
    await expect(database.transaction((tx) => tx.execute(insert(2)))).rejects.toThrow(
      DatabaseUnavailableError,
    );
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    postgres.resume();
    await eventually(async () => expect(await ids(database)).toEqual([1]));
  });

  it('an open transaction fails when Postgres is killed, and the process survives', async () => {
    const database = await start();
    const work = database.transaction(async (tx) => {
      await tx.execute(insert(1));
      await postgres.kill();
      await postgres.restart();
      await tx.execute(insert(2));
    });
    await expect(work).rejects.toThrow(DatabaseUnavailableError);
    expect(await ids(database)).toEqual([]);
  });

  it('the health check fails, and is up with its figures before and after', async () => {
    const database = await start();
    const up = { status: 'up', observed: { connections: 1, idle: 1, waiting: 0 } };
    expect(await database[CHECK_HEALTH]()).toEqual(up);
    await postgres.kill();
    await expect(database[CHECK_HEALTH]()).rejects.toThrow('ECONNREFUSED');
    await postgres.restart();
    expect(await database[CHECK_HEALTH]()).toEqual(up);
  });
});

describe('a transaction that got no answer', () => {
  it('is not committed by the next one on its connection', async () => {
    const database = await start({ maxConnections: 1 });
    const failed = database.transaction(async (tx) => {
      await tx.execute(insert(1));
      postgres.pause();
      await tx.execute(insert(2));
    });
    await expect(failed).rejects.toThrow(DatabaseUnavailableError);
    postgres.resume();
    await insertNext(database, 3);
    expect(await ids(database)).toEqual([3]);
  });

  it('is not committed by the next one if it ran through the port of the outbox', async () => {
    const database = await start({ maxConnections: 1 });
    const failed = database.sql.transaction(async (tx) => {
      await database.sql.within(tx).query('insert into entries values ($1)', [1]);
      postgres.pause();
      await database.sql.within(tx).query('insert into entries values ($1)', [2]);
    });
    await expect(failed).rejects.toThrow(DatabaseUnavailableError);
    postgres.resume();
    await insertNext(database, 3);
    expect(await ids(database)).toEqual([3]);
  });

  it('blocks its caller no longer than the query timeout', async () => {
    const database = await start({ queryTimeout: '1s' });
    let pausedAt = 0;
    const failed = database.transaction(async (tx) => {
      await tx.execute(insert(1));
      postgres.pause();
      pausedAt = performance.now();
      await tx.execute(insert(2));
    });
    await expect(failed).rejects.toThrow(DatabaseUnavailableError);
    expect(performance.now() - pausedAt).toBeLessThan(1_900);
  });
});

describe('after the deadline of the request', () => {
  const clock = new FakeClock();
  const request = () => ({ correlationId: 'order-7', deadline: Deadline.after(800, clock) });
  const late = { code: 'DEADLINE_EXCEEDED', category: 'timeout' };

  it('no query is sent to Postgres', async () => {
    const database = await start();
    await runInContext(request(), async () => {
      await database.transaction((tx) => tx.execute(insert(1)));
      await clock.advance(800);
      await expect(database.transaction((tx) => tx.execute(insert(2)))).rejects.toMatchObject(late);
      await expect(database.query((orm) => orm.execute(insert(3)))).rejects.toMatchObject(late);
      await expect(database.sql.query('select 1', [])).rejects.toMatchObject(late);
    });
    expect(await ids(database)).toEqual([1]);
  });

  it('a transaction that was waiting for a connection writes nothing', async () => {
    const database = await start({ maxConnections: 1 });
    const { promise, resolve: free } = Promise.withResolvers<void>();
    const held = database.transaction(() => promise);
    const waiting = runInContext(request(), () =>
      database.transaction((tx) => tx.execute(insert(1))),
    );
    const refused = expect(waiting).rejects.toMatchObject(late);
    await clock.advance(800);
    free();
    await held;
    await refused;
    expect(await ids(database)).toEqual([]);
  });
});

describe('an error of the work itself', () => {
  it('is rethrown unchanged after a rollback', async () => {
    const database = await start();
    const failed = database.transaction(async (tx) => {
      await tx.execute(insert(1));
      throw new Error('no such rule');
    });
    await expect(failed).rejects.toThrow('no such rule');
    expect(await ids(database)).toEqual([]);
  });

  it('keeps its code and hides query parameters if it comes from the database', async () => {
    const database = await start();
    await database.query((orm) => orm.execute(insert(1)));
    const failed = [
      database.query((orm) => orm.execute(insert(1, 'ada@example.com'))),
      database.transaction((tx) => tx.execute(insert(1, 'ada@example.com'))),
      database.sql.query('insert into entries values ($1, $2)', [1, 'ada@example.com']),
    ];
    for (const result of await Promise.allSettled(failed)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).not.toBeInstanceOf(DatabaseUnavailableError);
      expect(reason).toMatchObject({ code: '23505' });
      expect((reason as Error).stack).not.toContain('ada@example.com');
    }
  });

  it('hides query parameters if Postgres is unavailable', async () => {
    const database = await start();
    await postgres.kill();
    const error: unknown = await database
      .query((orm) => orm.execute(insert(1, 'ada@example.com')))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(String(((error as Error).cause as Error).stack)).not.toContain('ada@example.com');
  });
});

describe('the boot', () => {
  it('applies each migration once when instances start together', async () => {
    const slow = `${CREATE_ENTRIES}; select pg_sleep(0.2); insert into entries values (1)`;
    const instances = await Promise.all([create({}, slow), create({}, slow), create({}, slow)]);
    await Promise.all(instances.map((instance) => instance.onModuleInit()));
    expect(await ids(instances[0]!)).toEqual([1]);
  });

  it('gives migrations, and instances that wait for them, more time than a query', async () => {
    const slow = `${CREATE_ENTRIES}; select pg_sleep(0.5)`;
    const instances = await Promise.all([create({}, slow), create({}, slow)]);
    await Promise.all(instances.map((instance) => instance.onModuleInit()));
    expect(await ids(instances[1]!)).toEqual([]);
  });

  it('leaves no lock behind when a migration fails', async () => {
    const broken = await create({}, 'create table entries (');
    await expect(broken.onModuleInit()).rejects.toThrow('create table entries (');
    expect(await ids(await start())).toEqual([]);
  });

  it('fails at once while Postgres is unavailable', async () => {
    const database = await create();
    await postgres.kill();
    await expect(database.onModuleInit()).rejects.toThrow('ECONNREFUSED');
  });

  it('limits a query to five seconds by default', async () => {
    const limit = async (options: Partial<PostgresModuleOptions>): Promise<unknown> => {
      const { sql: executor } = await create(options);
      return (await executor.query('show statement_timeout')).rows[0];
    };
    expect(await limit({ queryTimeout: undefined })).toEqual({ statement_timeout: '5s' });
    expect(await limit({ queryTimeout: '20s' })).toEqual({ statement_timeout: '20s' });
  });

  it.each([
    [{ maxConnections: Number.NaN }, 'postgres.maxConnections: got NaN'],
    [{ maxConnections: 0 }, 'postgres.maxConnections: got 0'],
    [{ queryTimeout: 0 }, 'postgres.queryTimeout: got 0'],
  ])('refuses %p', async (options, message) => {
    await expect(create(options)).rejects.toThrow(message);
  });
});

describe('the pool', () => {
  it('closes once, even if both the shutdown and Nest close it', async () => {
    const database = await start();
    const [step] = database[DRAIN]();
    expect(step).toMatchObject({ phase: 'close-databases', name: 'postgres' });
    const { signal } = new AbortController();
    await Promise.all([step!.run(signal), step!.run(signal), database.onApplicationShutdown()]);
    await expect(ids(database)).rejects.toThrow('Cannot use a pool after calling end');
  });

  it("stays open in Nest's hooks during a graceful shutdown, which closes it later", async () => {
    const database = await start();
    database[ON_SHUTDOWN]();
    await database.onApplicationShutdown();
    expect(await ids(database)).toEqual([]);
    await database[DRAIN]()[0]!.run(new AbortController().signal);
    await expect(ids(database)).rejects.toThrow('Cannot use a pool after calling end');
  });
});
