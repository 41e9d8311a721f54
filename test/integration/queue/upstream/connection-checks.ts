import { measureRedis } from '@loyalnest/core/toolkit';
import { JobProducer, QueueConnection, QueueUnavailableError } from '@loyalnest/queue';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import {
  app,
  connection,
  enqueue,
  Handler,
  inside,
  prefix,
  redis,
  REDIS_URL,
  start,
  until,
  Work,
  type Checks,
} from './checked-app.js';

interface Connections {
  connect(target: unknown, timeoutMs: number, silenceMs?: number): Connected;
  duplicateWaiting(producer: Redis): Redis;
}
interface Connected {
  readonly producer: Redis;
  readonly waiting: ReadonlySet<Redis>;
}
interface Targets {
  resolveTarget(options: object, prefix: string): unknown;
}

const { connect, duplicateWaiting } = await inside<Connections>('connection/redis-client.js');
const { resolveTarget } = await inside<Targets>('connection/redis-target.js');
const { SENTINELS, CLUSTER } = process.env;

/** Jobs run again after the server has ended all connections but its own. */
async function comesBack(
  { of, server }: { of: INestApplicationContext; server: Redis },
  ends: string,
): Promise<void> {
  const seen = of.get(Handler).runs;
  const send = () => of.get(JobProducer).enqueue(Work, { ends }, { idempotencyKey: ends });
  await server.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(`${ends} is enqueued`, async () => (await send()) && true);
  await until(`${ends} has run`, () => seen.includes(ends));
}

/** What our connections rely on in ioredis. */
export const CONNECTION_CHECKS: Checks = {
  'the commands that wait are counted': async () => {
    const node = connection.producer as Redis;
    const sent = node.ping();
    const waiting = measureRedis(node, 'queue').find(({ name }) => /waiting/.test(name));
    assert.equal(waiting?.value, 1);
    await sent;
  },
  'jobs go on after the server has ended all connections': () =>
    comesBack({ of: app, server: redis }, 'after the end'),
  'enqueue fails in time while the server is silent': async () => {
    await redis.call('CLIENT', 'PAUSE', '3000', 'ALL');
    await assert.rejects(enqueue('in silence'), QueueUnavailableError);
    await redis.ping();
    await until('it is ready', () => connection.producer.status === 'ready');
  },
  'a waiting connection leaves a silent server and sends again': async () => {
    const { producer, waiting } = connect(resolveTarget({ url: REDIS_URL }, prefix), 500, 300);
    producer.on('error', () => undefined);
    const worker = duplicateWaiting(producer);
    let reconnections = 0;
    worker.on('error', () => undefined);
    worker.on('reconnecting', () => reconnections++);
    await worker.ping();
    await redis.call('CLIENT', 'PAUSE', '1000', 'ALL');
    await worker.ping();
    assert(reconnections > 0);
    for (const client of [producer, ...waiting]) client.disconnect();
  },
  'an idle connection is not cut, also without a ready check': async () => {
    const target = resolveTarget({ url: REDIS_URL, redis: { enableReadyCheck: false } }, prefix);
    const { producer, waiting } = connect(target, 500, 300);
    producer.on('error', () => undefined);
    const worker = duplicateWaiting(producer);
    let cuts = 0;
    worker.on('error', () => undefined);
    worker.on('reconnecting', () => cuts++);
    await worker.ping();
    await setTimeout(1_000);
    assert.equal(cuts, 0);
    for (const client of [producer, ...waiting]) client.disconnect();
  },
  'a connection to a database that is refused is never ready': async () => {
    const target = resolveTarget({ url: `${REDIS_URL}/99` }, prefix);
    const { producer } = connect(target, 500);
    producer.on('error', () => undefined);
    let isReady = false;
    let tries = 0;
    producer.on('ready', () => (isReady = true));
    producer.on('reconnecting', () => tries++);
    await until('it was refused three times', () => isReady || tries >= 3);
    assert.equal(isReady, false);
    producer.disconnect();
    await until('it has ended', () => producer.status === 'end');
  },
  'a queue behind Sentinel finds its master again': async () => {
    const behind = await start({ sentinel: JSON.parse(SENTINELS!) as never });
    const { producer } = behind.get(QueueConnection);
    const { connector } = producer as unknown as { connector: { failoverDetector: unknown } };
    await until('it hears of failovers', () => connector.failoverDetector);
    const server = (producer as Redis).duplicate({ lazyConnect: false });
    await comesBack({ of: behind, server }, 'sentinel');
    server.disconnect();
    await behind.close();
    assert.equal(connector.failoverDetector, null);
  },
  'a queue in a cluster finds its node again': async () => {
    const inCluster = await start({ cluster: { nodes: JSON.parse(CLUSTER!) as string[] } });
    const { producer } = inCluster.get(QueueConnection);
    await until('it is ready', () => producer.status === 'ready');
    for (const url of JSON.parse(CLUSTER!) as string[]) {
      const server = new Redis(url);
      await comesBack({ of: inCluster, server }, `cluster ${url}`);
      server.disconnect();
    }
    await inCluster.close();
  },
};
