import { OBSERVE_METRICS } from '@loyalnest/core';
import { PostgresServer } from '@loyalnest/testing';
import { Pool } from 'pg';
import { fromPg, type OutboxModuleOptions } from '../index.js';
import { OutboxStore } from '../outbox-store.js';
import { OutboxMetrics } from './outbox-metrics.js';

let postgres: PostgresServer;
let pool: Pool;

beforeAll(async () => {
  postgres = await PostgresServer.start({ durable: false });
  pool = new Pool({ connectionString: await postgres.createDatabase('outbox') });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

async function insert(store: OutboxStore, database: ReturnType<typeof fromPg>, ageMs: number) {
  const id = crypto.randomUUID();
  await store.insert(database, {
    id,
    name: 'points.calculate',
    version: 1,
    attempts: 1,
    payload: {},
    context: { correlationId: 'order-7' },
    occurredAt: new Date(Date.now() - ageMs).toISOString(),
  });
  return id;
}

it('reports lag, unpublished and unconfirmed events, and limits how many rows it counts', async () => {
  const database = fromPg(pool);
  const store = new OutboxStore({ database } as unknown as OutboxModuleOptions);
  await store.onModuleInit();
  const metrics = new OutboxMetrics(store);
  const observed = async () =>
    Object.fromEntries(
      (await metrics[OBSERVE_METRICS]()).map(({ name, labels, value }) => [
        [name, ...Object.values(labels ?? {})].join(' '),
        value,
      ]),
    );
  expect(await observed()).toEqual({
    loyalnest_outbox_lag_seconds: 0,
    'loyalnest_outbox_pending_events unpublished': 0,
    'loyalnest_outbox_pending_events unconfirmed': 0,
  });

  await insert(store, database, 60_000);
  await insert(store, database, 1_000);
  await store.markPublished([await insert(store, database, 3_600_000)], 1_000);
  const waiting = await observed();
  expect(waiting).toMatchObject({
    'loyalnest_outbox_pending_events unpublished': 2,
    'loyalnest_outbox_pending_events unconfirmed': 1,
  });
  // The published event is older, but does not count.
  expect(waiting['loyalnest_outbox_lag_seconds']).toBeGreaterThanOrEqual(60);
  expect(waiting['loyalnest_outbox_lag_seconds']).toBeLessThan(120);

  expect(await store.backlog(1)).toMatchObject({ unpublished: 1, unconfirmed: 1 });
});
