import { RedisCluster } from '@loyalnest/testing';
import { clientNames } from '../../test/client-names.js';
import { describeConnection } from '../../test/connection-contract.js';

const PERSISTENT = { appendOnly: true, settings: { appendfsync: 'always' } };

describeConnection('a Redis Cluster', async () => {
  const cluster = await RedisCluster.start(PERSISTENT);
  return {
    connection: { cluster: { nodes: cluster.urls } },
    pause: () => cluster.pause(),
    resume: () => cluster.resume(),
    kill: () => cluster.kill(),
    restart: () => cluster.restart(),
    stop: () => cluster.stop(),
    clients: () => clientNames(cluster.nodes),
  };
});
