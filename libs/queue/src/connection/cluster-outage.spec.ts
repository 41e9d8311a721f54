import { CHECK_HEALTH } from '@loyalnest/core';
import { eventually, RedisCluster } from '@loyalnest/testing';
import { ContractApps, takes } from '../../test/connection-contract.js';
import { failsFast } from '../../test/fails-fast.js';
import { Award, AwardHandler } from '../../test/points-app.js';
import { JobProducer } from '../producer/job-producer.js';
import { QueueConnection } from './queue-connection.js';

const PERSISTENT = { appendOnly: true, settings: { appendfsync: 'always' } };

describe('queues on a Redis Cluster with their node down', () => {
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

  it('enqueue fails in time, health says so, and jobs go on once it is back with its data', async () => {
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
});
