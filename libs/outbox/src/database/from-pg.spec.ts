import { PostgresServer } from '@loyalnest/testing';
import { Pool } from 'pg';
import { fromPg } from './from-pg.js';

let postgres: PostgresServer;
let pool: Pool;

beforeAll(async () => {
  postgres = await PostgresServer.start({ durable: false });
});
beforeEach(() => {
  pool = new Pool({ connectionString: postgres.url(), max: 1, query_timeout: 300 });
  pool.on('error', () => {});
});
afterEach(async () => {
  postgres.resume();
  await pool.query('drop table if exists entries');
  await pool.end();
});
afterAll(async () => {
  await postgres.stop();
});

describe('fromPg', () => {
  it('rejects an open transaction when Postgres crashes, without crashing the process', async () => {
    const failed = fromPg(pool).transaction(async (client) => {
      await client.query('create table entries (id int)');
      await postgres.kill();
      await postgres.restart();
      await client.query('insert into entries values (1)');
    });
    await expect(failed).rejects.toThrow();
    const { rows } = await pool.query(`select to_regclass('entries') as created`);
    expect(rows).toEqual([{ created: null }]);
  });

  it('does not commit a transaction that got no answer together with the next one', async () => {
    const database = fromPg(pool);
    await pool.query('create table entries (id int)');
    const failed = database.transaction(async (client) => {
      await client.query('insert into entries values (1)');
      postgres.pause();
      await client.query('insert into entries values (2)');
    });
    await expect(failed).rejects.toThrow('Query read timeout');
    postgres.resume();
    await database.transaction((client) => client.query('insert into entries values (3)'));
    expect((await pool.query('select id from entries')).rows).toEqual([{ id: 3 }]);
  });
});
