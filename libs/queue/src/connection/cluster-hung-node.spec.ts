import { eventually, RedisCluster } from '@loyalnest/testing';
import { Cluster, Redis } from 'ioredis';
import { createProducer } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

const KEY = '{owned}:key';

it('finds the successor of a hung node, which cannot redirect clients to it', async () => {
  const settings = { 'cluster-require-full-coverage': 'no' };
  const cluster = await RedisCluster.start({ settings });
  const target = resolveTarget({ cluster: { nodes: cluster.urls } }, '{owned}');
  const producer = createProducer(target, 500) as Cluster;
  producer.on('error', () => undefined);
  await eventually(() => producer.set(KEY, 'before'));
  const owner = await cluster.ownerOf(KEY);
  const others = cluster.nodes.filter((node) => node !== owner).map(({ url }) => new Redis(url));
  const successor = await others[0]!.cluster('MYID');
  const slot = await others[0]!.cluster('KEYSLOT', KEY);
  owner.pause();
  for (const node of others) await node.cluster('SETSLOT', slot, 'NODE', successor);
  await expect(producer.get(KEY)).rejects.toThrow();
  const found = async (): Promise<void> => expect(await producer.get(KEY)).toBeNull();
  await eventually(found, { within: '25s', every: '100ms' });
  producer.disconnect();
  for (const node of others) node.disconnect();
  owner.resume();
  await cluster.stop();
}, 60_000);
