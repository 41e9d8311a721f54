import { RedisServer } from '@loyalnest/testing';
import { clientNames } from '../../test/client-names.js';
import { describeConnection } from '../../test/connection-contract.js';

describeConnection('a single Redis', async () => {
  const redis = await RedisServer.start({ appendOnly: true, settings: { appendfsync: 'always' } });
  return {
    connection: { url: redis.url },
    pause: () => redis.pause(),
    resume: () => redis.resume(),
    kill: () => redis.kill(),
    restart: () => redis.restart(),
    stop: () => redis.stop(),
    clients: () => clientNames([redis]),
  };
});
