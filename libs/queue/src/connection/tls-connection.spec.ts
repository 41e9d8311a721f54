import { clientNames } from '../../test/client-names.js';
import { describeConnection } from '../../test/connection-contract.js';
import { startWithTls } from '../../test/tls-redis.js';

describeConnection('a Redis with TLS and client certificates', async () => {
  const { redis, authority, client } = await startWithTls();
  const tls = { ca: authority.cert, cert: client.cert, key: client.key };
  return {
    connection: { url: redis.url, tls },
    pause: () => redis.pause(),
    resume: () => redis.resume(),
    kill: () => redis.kill(),
    restart: () => redis.restart(),
    stop: async () => {
      await redis.stop();
      await authority.remove();
    },
    clients: () => clientNames([redis], { tls }),
  };
});
