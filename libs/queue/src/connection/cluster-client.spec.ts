import { eventually, freePort, RedisCluster } from '@loyalnest/testing';
import type { Cluster } from 'ioredis';
import { once } from 'node:events';
import { clientNames } from '../../test/client-names.js';
import { connect, duplicateWaiting } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

it('disconnect ends a cluster client without nodes and rejects its commands', async () => {
  const nodes = [`redis://127.0.0.1:${await freePort()}`];
  const { producer } = connect(resolveTarget({ cluster: { nodes } }, '{end}'), 500);
  const worker = duplicateWaiting(producer);
  for (const client of [producer, worker]) client.on('error', () => undefined);
  const answer = expect(worker.get('{end}:key')).rejects.toThrow();
  for (const client of [producer, worker]) {
    expect(client.status).toBe('connecting');
    client.disconnect();
  }
  await answer;
  await eventually(() => expect([producer.status, worker.status]).toEqual(['end', 'end']));
});

it('a cluster client rejects commands after disconnect, while its nodes end', async () => {
  const cluster = await RedisCluster.start();
  try {
    const target = resolveTarget({ cluster: { nodes: cluster.urls } }, '{end}');
    const { producer } = connect(target, 5_000);
    const worker = duplicateWaiting(producer) as Cluster;
    // The client connects to a node on the first command for it.
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => worker.get(key)));
    const nodes = worker.nodes('master').map((node) => once(node, 'end'));
    expect(nodes).toHaveLength(3);
    worker.disconnect();
    producer.disconnect();
    await Promise.all(nodes);
    await eventually(async () => expect(await clientNames(cluster.nodes)).toEqual([]));
    await eventually(() => expect(worker.status).toBe('end'));
    await expect(worker.get('{end}:key')).rejects.toThrow('Connection is closed');
  } finally {
    await cluster.stop();
  }
});
