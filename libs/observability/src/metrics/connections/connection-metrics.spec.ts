import { OBSERVE_METRICS, type MetricSource } from '@loyalnest/core';
import { eventually, PostgresServer, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { PostgresPoolMetrics, RedisMetrics } from '../../index.js';

async function valuesOf(source: MetricSource): Promise<Record<string, number>> {
  const measured = await source[OBSERVE_METRICS](new AbortController().signal);
  return Object.fromEntries(
    [...measured].map(({ name, labels = {}, value }) => [
      [name.replace('loyalnest_', ''), ...Object.values(labels)].join(' '),
      value,
    ]),
  );
}

describe('the metrics of a pool', () => {
  let postgres: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    postgres = await PostgresServer.start({ durable: false });
    pool = new Pool({ connectionString: postgres.url(), max: 2 });
    // The server may close a connection first; that does not fail a test.
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  it('report used and idle connections and waiting queries, without opening a connection', async () => {
    const metrics = new PostgresPoolMetrics(pool, { name: 'ledger' });
    const values = (used: number, idle: number, waiting: number) => ({
      'postgres_connections ledger used': used,
      'postgres_connections ledger idle': idle,
      'postgres_connections_max ledger': 2,
      'postgres_waiting_queries ledger': waiting,
    });
    expect(await valuesOf(metrics)).toEqual(values(0, 0, 0));
    const clients = await Promise.all([pool.connect(), pool.connect()]);
    const waiting = pool.query('select 1');
    expect(await valuesOf(metrics)).toEqual(values(2, 0, 1));
    for (const client of clients) client.release();
    await waiting;
    expect(await valuesOf(metrics)).toEqual(values(0, 2, 0));
  });
});

describe('the metrics of a client of Redis', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  let client: Redis;

  beforeAll(async () => {
    redis = await RedisServer.start();
    proxy = await TcpProxy.start({ target: redis });
  });
  beforeEach(() => {
    client = new Redis(proxy.through(redis.url), { retryStrategy: () => 20 });
    client.on('error', () => undefined);
  });
  afterEach(() => client.disconnect());
  afterAll(async () => {
    await proxy.stop();
    await redis.stop();
  });

  const values = (ready: number, waiting: number) => ({
    'redis_connections sessions ready': ready,
    'redis_connections sessions lost': 1 - ready,
    'redis_waiting_commands sessions': waiting,
  });

  it('report the connection and commands without an answer, even while Redis is unavailable', async () => {
    const metrics = new RedisMetrics(client, { name: 'sessions' });
    await eventually(async () => expect(await valuesOf(metrics)).toEqual(values(1, 0)));
    await proxy.down();
    await eventually(async () => expect(await valuesOf(metrics)).toEqual(values(0, 0)));
    const kept = client.set('visits', 1);
    expect(await valuesOf(metrics)).toEqual(values(0, 1));
    await proxy.heal();
    await kept;
    await eventually(async () => expect(await valuesOf(metrics)).toEqual(values(1, 0)));
  });

  it('report whether a client of node-redis is ready', async () => {
    const lost = { isReady: false };
    expect(await valuesOf(new RedisMetrics(lost, { name: 'sessions' }))).toEqual(values(0, 0));
    expect(await valuesOf(new RedisMetrics({ isReady: true }, { name: 'sessions' }))).toEqual(
      values(1, 0),
    );
  });
});

it('names connections by their kind by default, and rejects an invalid name', () => {
  expect(new RedisMetrics({}).metricSource).toBe('redis client redis');
  expect(() => new RedisMetrics({}, { name: '' })).toThrow(
    "RedisMetrics.name: got ''; use a name, such as 'sessions', or leave it out",
  );
  expect(() => new PostgresPoolMetrics({} as Pool, { name: 5 as never })).toThrow(
    'PostgresPoolMetrics.name: got 5; use a name',
  );
});
