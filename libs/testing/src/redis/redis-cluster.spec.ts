import { Cluster } from 'ioredis';
import { RedisCluster } from './redis-cluster.js';

describe('RedisCluster', () => {
  let cluster: RedisCluster;
  let client: Cluster;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ appendOnly: true });
    client = new Cluster([...cluster.urls]);
    client.on('error', () => undefined);
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  it('names the node that holds a key', async () => {
    const owners = new Set<number>();
    for (const key of ['a', 'b', 'c', 'd', '{x}:1', '{x}:2']) {
      await client.set(key, key);
      const owner = await cluster.ownerOf(key);
      const node = client.nodes('master').find(({ options }) => options.port === owner.port)!;
      expect(await node.get(key)).toBe(key);
      owners.add(owner.port);
    }
    expect(owners.size).toBe(3);
    expect((await cluster.ownerOf('{x}:1')).port).toBe((await cluster.ownerOf('{x}:2')).port);
  });

  it('is complete again with its data when a killed node is back', async () => {
    const owner = await cluster.ownerOf('a');
    await client.set('a', 'kept');
    // A kill loses no write, although the append-only file is synced only once a second.
    await owner.kill();
    await owner.restart();
    await cluster.ready();
    expect(await client.get('a')).toBe('kept');
  });

  it('leaves no process behind', async () => {
    const other = await RedisCluster.start();
    const pids = other.nodes.map(({ pid }) => pid!);
    other.pause();
    await other.stop();
    expect(pids).toHaveLength(3);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
