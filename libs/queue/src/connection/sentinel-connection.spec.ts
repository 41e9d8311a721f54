import { RedisSentinel } from '@loyalnest/testing';
import { clientNames } from '../../test/client-names.js';
import { describeConnection } from '../../test/connection-contract.js';

const PERSISTENT = { appendOnly: true, settings: { appendfsync: 'always' } };

describeConnection('a Redis with Sentinel', async () => {
  const group = await RedisSentinel.start(PERSISTENT);
  return {
    connection: { sentinel: { nodes: group.urls, master: group.masterName } },
    pause: () => group.pause(),
    resume: () => group.resume(),
    kill: () => group.kill(),
    restart: () => group.restart(),
    stop: () => group.stop(),
    clients: () => clientNames([...group.redis, ...group.sentinels]),
  };
});
