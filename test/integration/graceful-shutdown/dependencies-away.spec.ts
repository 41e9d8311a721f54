import { OwnProcess, PostgresServer, RedisServer, TcpProxy } from '@loyalnest/testing';
import { join } from 'node:path';
import pg from 'pg';
import { openOffice } from '../../chaos/rolling-jobs/office.ts';
import { compileApp } from '../compile-app.js';

const SHUTDOWN = { httpDrain: 0, hooks: 1_000, close: 1_500, flush: 250, jobDrain: 1_000 };
const GRACE_MS = 9_000;

let redis: RedisServer;
let postgres: PostgresServer;
let database: string;
let program: Awaited<ReturnType<typeof compileApp>>;

beforeAll(async () => {
  const instance = join(import.meta.dirname, '../../chaos/rolling-jobs/instance.ts');
  [redis, postgres, program] = await Promise.all([
    RedisServer.start(),
    PostgresServer.start({ durable: false }),
    compileApp(instance, ['core', 'queue', 'graceful-shutdown']),
  ]);
  database = await postgres.createDatabase('away');
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(
    'create table runs (job text not null, attempt int not null, late boolean not null)',
  );
  await client.end();
}, 60_000);

afterAll(async () => {
  await Promise.all([redis.stop(), postgres.stop()]);
  program.remove();
});

describe.each(['redis', 'postgres'] as const)('with %s unavailable', (unavailable) => {
  it.each(['blackHole', 'down'] as const)(
    'ends before its deadline (%s)',
    async (fault) => {
      const target = new URL(unavailable === 'redis' ? redis.url : database);
      const proxy = await TcpProxy.start({ target: { port: Number(target.port) } });
      const prefix = `${unavailable}-${fault}`;
      const worker = OwnProcess.start({
        name: 'worker',
        command: process.execPath,
        args: [program.entry],
        env: {
          ...process.env,
          REDIS_URL: unavailable === 'redis' ? proxy.through(redis.url) : redis.url,
          DATABASE_URL: unavailable === 'postgres' ? proxy.through(database) : database,
          PREFIX: prefix,
          CONCURRENCY: '2',
          LOCK_MS: '30000',
          OPTIONS: JSON.stringify({ ...SHUTDOWN, gracePeriod: GRACE_MS }),
        },
      });
      const office = await openOffice(redis.url, prefix, 30_000);
      try {
        await worker.waitForLine(/^ready$/, 25_000);
        // It runs longer than a shutdown waits, so the worker must try to hand it back.
        await office.enqueue('order-1', 60_000);
        await worker.waitForLine(/^running order-1$/, 10_000);
        await proxy[fault]();
        const startedAt = performance.now();
        worker.signal('SIGTERM');
        const { code, signal } = await worker.exited;
        expect(signal).toBeNull();
        expect(performance.now() - startedAt).toBeLessThan(GRACE_MS - 2_000 + 500);
        // Either it closed all of its connections, or it reports what it could not close.
        const report = worker.lastLines(200).filter((line) => line.includes('stuck: '));
        expect(report.length > 0).toBe(code === 1);
      } finally {
        await worker.kill();
        await office.close();
        await proxy.stop();
      }
    },
    60_000,
  );
});
