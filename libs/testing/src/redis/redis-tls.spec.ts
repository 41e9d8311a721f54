import { Redis } from 'ioredis';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '../certificates/certificate-authority.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';
import { RedisServer } from './redis-server.js';

it('names a Redis binary that was built without TLS', async () => {
  const folder = createTemporaryFolder('no-tls');
  const path = join(folder, 'redis-server');
  const output = ">>> 'tls-port 1'\nBad directive or wrong number of arguments";
  writeFileSync(path, `#!/bin/sh\ncat <<END\n${output}\nEND\nexit 1\n`, { mode: 0o755 });
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  try {
    const tls = { caFile: 'ca', certFile: 'cert', keyFile: 'key' };
    const start = RedisServer.start({ tls });
    await expect(start).rejects.toThrow(
      `${path} was built without TLS. Put a Redis with TLS first`,
    );
  } finally {
    process.env['PATH'] = before;
    await removeTemporaryFolder(folder);
  }
});

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

  it('answers a client that trusts its CA and presents a certificate', async () => {
    const { cert, key } = await authority.issue('client');
    expect(redis.url).toMatch(/^rediss:/);
    expect(await ping({ ca: authority.cert, cert, key })).toBe('PONG');
  });

  it('refuses a client without a certificate', async () => {
    await expect(ping({ ca: authority.cert })).rejects.toThrow();
  });

  it('is not trusted by a client without its CA', async () => {
    const { cert, key } = await authority.issue('other');
    await expect(ping({ cert, key })).rejects.toThrow();
  });
});
