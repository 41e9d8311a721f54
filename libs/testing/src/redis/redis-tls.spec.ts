import { Redis } from 'ioredis';
import { CertificateAuthority } from '../certificates/certificate-authority.js';
import { RedisServer } from './redis-server.js';

describe('RedisServer with TLS', () => {
  let authority: CertificateAuthority;
  let redis: RedisServer;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    redis = await RedisServer.start({
      tls: { caFile: authority.file, ...(await authority.issue('server')) },
    });
  });
  afterAll(async () => {
    await redis.stop();
    await authority.remove();
  });

  const ping = async (tls: object): Promise<string> => {
    const client = new Redis(redis.url, { tls, maxRetriesPerRequest: 0, retryStrategy: null });
    client.on('error', () => undefined);
    try {
      return await client.ping();
    } finally {
      client.disconnect();
    }
  };

  it('answers a client that trusts its CA and shows a certificate', async () => {
    const { cert, key } = await authority.issue('client');
    expect(redis.url).toMatch(/^rediss:/);
    expect(await ping({ ca: authority.cert, cert, key })).toBe('PONG');
  });

  it('refuses a client without a certificate', async () => {
    await expect(ping({ ca: authority.cert })).rejects.toThrow();
  });

  it('is not trusted without its CA', async () => {
    const { cert, key } = await authority.issue('other');
    await expect(ping({ cert, key })).rejects.toThrow();
  });
});
