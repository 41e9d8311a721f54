import { Redis } from 'ioredis';
import { eventually } from '../eventually/eventually.js';
import { RedisSentinel } from './redis-sentinel.js';

describe('RedisSentinel', () => {
  let group: RedisSentinel;
  let client: Redis;

  beforeAll(async () => {
    group = await RedisSentinel.start();
    const sentinels = group.sentinels.map(({ host, port }) => ({ host, port }));
    client = new Redis({ sentinels, name: group.masterName });
    client.on('error', () => undefined);
  });
  afterAll(async () => {
    client.disconnect();
    await group.stop();
  });

  it('promotes the replica of a killed master, with its data', async () => {
    const first = await group.master();
    expect(first).toBe(group.redis[0]);
    await client.set('a', '1');
    expect(await client.wait(1, 1_000)).toBe(1);
    await group.ready();
    await first.kill();
    await eventually(async () => expect(await group.master()).toBe(group.redis[1]), {
      // After a split vote, the Sentinels retry later.
      within: '90s',
    });
    expect(await client.get('a')).toBe('1');
  }, 120_000);

  it('makes the old master a replica when it is back', async () => {
    await group.redis[0]!.restart();
    await group.ready();
    expect(await group.master()).toBe(group.redis[1]);
  });

  it('leaves no process behind', async () => {
    const pids = [...group.redis, ...group.sentinels].map(({ pid }) => pid!);
    group.pause();
    await group.stop();
    expect(pids).toHaveLength(5);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
