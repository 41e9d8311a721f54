import { CHECK_HEALTH } from '@loyalnest/core';
import { eventually, PostgresServer, TcpProxy } from '@loyalnest/testing';
import { Pool } from 'pg';
import { PostgresCheck } from '../index.js';

let postgres: PostgresServer;
let proxy: TcpProxy;
let pool: Pool;

beforeAll(async () => {
  postgres = await PostgresServer.start({ durable: false });
});
beforeEach(async () => {
  proxy = await TcpProxy.start({ target: postgres });
  pool = new Pool({ connectionString: proxy.through(postgres.url()), max: 2 });
  pool.on('error', () => undefined);
});
afterEach(async () => {
  await proxy.stop();
  await pool.end();
});
afterAll(() => postgres.stop());

it("queries through the application's pool and reports its usage", async () => {
  const check = new PostgresCheck(pool, { critical: true });
  expect(check.healthCheck).toEqual({ name: 'postgres', critical: true });
  const used = await pool.connect();
  expect(await check[CHECK_HEALTH]()).toEqual({
    status: 'up',
    observed: { connections: 2, idle: 1, waiting: 0 },
  });
  used.release();
  expect(proxy.counts.accepted).toBe(2);
});

it('fails and closes the connection while the server does not answer, then recovers', async () => {
  const check = new PostgresCheck(pool, { timeout: '100ms' });
  await check[CHECK_HEALTH]();
  await proxy.blackHole();
  await expect(check[CHECK_HEALTH]()).rejects.toThrow('timeout');
  expect(pool.totalCount).toBe(0);
  await proxy.heal();
  await eventually(async () => expect((await check[CHECK_HEALTH]()).status).toBe('up'));
});

it('fails at once while nothing listens', async () => {
  await proxy.down();
  const check = new PostgresCheck(pool);
  await expect(check[CHECK_HEALTH]()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.heal();
});
