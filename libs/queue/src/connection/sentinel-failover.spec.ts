import { eventually, RedisSentinel } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { takes } from '../../test/connection-contract.js';
import { ContractApps } from '../../test/contract-apps.js';
import { Award, AwardHandler, bullOf } from '../../test/points-app.js';
import { JobProducer } from '../producer/job-producer.js';

describe('queues on a Redis with Sentinel', () => {
  let group: RedisSentinel;
  let apps: ContractApps;

  beforeEach(async () => {
    group = await RedisSentinel.start();
    apps = new ContractApps({ sentinel: { nodes: group.urls, master: group.masterName } });
  });
  afterEach(async () => {
    await apps.closeAll();
    await group.stop();
  });

  it.each(['kill', 'pause', 'order'] as const)(
    'jobs go on after a failover by %s, and no job that the replica had is lost',
    async (fault) => {
      const app = await apps.create();
      const jobs = app.get(JobProducer);
      const handler = app.get(AwardHandler);
      const ran = (): Set<number> => new Set(handler.runs.map(({ points }) => points));
      const master = await group.master();
      for (let points = 1; points <= 20; points++) await takes(app, points, '3s');
      await replicated(master.url);
      if (fault === 'kill') await master.kill();
      else if (fault === 'pause') master.pause();
      else await group.failOver();
      const moved = async () => (await group.master()).port !== master.port;
      await eventually(moved, { within: '45s', what: 'another master' });
      await eventually(
        async () => {
          await jobs.enqueue(Award, { points: 100 }, { idempotencyKey: 'after' });
          expect(ran().has(100)).toBe(true);
        },
        { within: '40s', every: '50ms' },
      );
      await eventually(() => expect(ran().size).toBe(21), { within: '10s' });
      await eventually(async () => expect(await bullOf(app).getCompletedCount()).toBe(21));
    },
    120_000,
  );
});

async function replicated(url: string): Promise<void> {
  const client = new Redis(url);
  const master = await client.info('replication');
  const offset = Number(/master_repl_offset:(\d+)/.exec(master)![1]);
  await eventually(async () => {
    const acknowledged = /slave0:.*offset=(\d+)/.exec(await client.info('replication'));
    expect(Number(acknowledged![1])).toBeGreaterThanOrEqual(offset);
  });
  client.disconnect();
}
