import { CertificateAuthority, RedisServer, type IssuedCertificate } from '@loyalnest/testing';
import { QueueUnavailableError } from './queue-unavailable.error.js';
import { JobProducer } from '../producer/job-producer.js';
import { clientNames } from '../../test/client-names.js';
import { ContractApps, describeConnection } from '../../test/connection-contract.js';
import { Award } from '../../test/points-app.js';

async function startWithTls(): Promise<{
  readonly redis: RedisServer;
  readonly authority: CertificateAuthority;
  readonly client: IssuedCertificate;
}> {
  const authority = await CertificateAuthority.create();
  const redis = await RedisServer.start({
    appendOnly: true,
    settings: { appendfsync: 'always' },
    tls: { caFile: authority.file, ...(await authority.issue('server')) },
  });
  return { redis, authority, client: await authority.issue('client') };
}

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

it.each(['no CA', 'the CA of another', 'no client certificate'])(
  'nothing is stored with %s',
  async (wrong) => {
    const { redis, authority, client } = await startWithTls();
    const other = await CertificateAuthority.create();
    const { cert, key } = client;
    const tls =
      wrong === 'no CA'
        ? { cert, key }
        : wrong === 'no client certificate'
          ? { ca: authority.cert }
          : { ca: other.cert, cert, key };
    const apps = new ContractApps({ url: redis.url, tls });
    const app = await apps.create();
    await expect(app.get(JobProducer).enqueue(Award, { points: 1 })).rejects.toThrow(
      QueueUnavailableError,
    );
    await apps.closeAll();
    await redis.stop();
    await Promise.all([authority.remove(), other.remove()]);
  },
);
