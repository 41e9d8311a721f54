import { CHECK_HEALTH } from '@loyalnest/core';
import { eventually, RedisCluster } from '@loyalnest/testing';
import { takes } from '../../test/connection-contract.js';
import { ContractApps } from '../../test/contract-apps.js';
import { failsFast } from '../../test/fails-fast.js';
import { Award, AwardHandler } from '../../test/points-app.js';
import { JobProducer } from '../producer/job-producer.js';
import { QueueConnection } from './queue-connection.js';
import { duplicateWaiting } from './redis-client.js';

const PERSISTENT = { appendOnly: true, settings: { appendfsync: 'always' } };

describe('queues on a Redis Cluster while their node is down', () => {
  const prefix = '{owned}';
  let cluster: RedisCluster;
  let apps: ContractApps;

  beforeAll(async () => {
    cluster = await RedisCluster.start(PERSISTENT);
    apps = new ContractApps({ cluster: { nodes: cluster.urls } });
  });
  afterAll(async () => {
    await apps.closeAll();
    await cluster.stop();
  });

  it('enqueue fails in time, health is down, and jobs run once the node is back', async () => {
    const app = await apps.create({ prefix });
    const jobs = app.get(JobProducer);
    const handler = app.get(AwardHandler);
    const ran = (): number[] => handler.runs.map(({ points }) => points);
    await takes(app, 1, '2s');
    const owner = await cluster.ownerOf(prefix);
    await owner.kill();
    for (let i = 0; i < 5; i++) await failsFast(app);
    const connection = app.get(QueueConnection);
    await expect(connection[CHECK_HEALTH]()).rejects.toThrow();
    await owner.restart();
    await eventually(
      async () => {
        await jobs.enqueue(Award, { points: 3 }, { idempotencyKey: 'back' });
        expect(ran()).toEqual(expect.arrayContaining([1, 3]));
      },
      { within: '20s', every: '50ms' },
    );
    expect(ran().filter((points) => points === 1)).toHaveLength(1);
  });

  it('a command of a worker waits until the node is back', async () => {
    const app = await apps.create({ prefix: '{waited-for}' });
    await takes(app, 1, '1h');
    const worker = duplicateWaiting(app.get(QueueConnection).producer);
    worker.on('error', () => undefined);
    try {
      await worker.set(prefix, 'kept');
      const owner = await cluster.ownerOf(prefix);
      await owner.kill();
      const answer = worker.get(prefix);
      const [read] = await Promise.allSettled([answer, owner.restart()]);
      expect(read).toMatchObject({ value: 'kept' });
    } finally {
      worker.disconnect();
    }
  });
});
