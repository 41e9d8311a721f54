import { CertificateAuthority, eventually } from '@loyalnest/testing';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ContractApps } from '../../test/contract-apps.js';
import { failsFast } from '../../test/fails-fast.js';
import { Award } from '../../test/points-app.js';
import { startWithTls } from '../../test/tls-redis.js';
import { JobProducer } from '../producer/job-producer.js';
import type { QueueModuleOptions } from '../queue.options.js';
import type { RedisConnectionOptions } from './connection.options.js';
import { connect } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

describe('a Redis with TLS', () => {
  let servers: Awaited<ReturnType<typeof startWithTls>>;
  let other: CertificateAuthority;
  let apps: ContractApps | undefined;

  beforeAll(async () => {
    servers = await startWithTls();
    other = await CertificateAuthority.create();
  });
  afterEach(async () => {
    await apps?.closeAll();
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await servers.redis.stop();
    await Promise.all([servers.authority.remove(), other.remove()]);
  });

  const open = (
    tls: ConnectionOptions,
    options: Partial<QueueModuleOptions> = {},
  ): Promise<INestApplicationContext> => {
    apps = new ContractApps({ url: servers.redis.url, tls });
    return apps.create(options);
  };

  it.each([
    ['no CA', /self-signed certificate in certificate chain/],
    ['the CA of another authority', /self-signed certificate in certificate chain/],
    ['the name of another server', /does not match certificate's altnames/],
    // The connection reset may arrive before the alert.
    ['no client certificate', /certificate required|ECONNRESET/],
  ])('stores nothing with %s, and reports why', async (wrong, reason) => {
    const { authority, client } = servers;
    const { cert, key } = client;
    const all = { ca: authority.cert, cert, key };
    const mistakes: Record<string, ConnectionOptions> = {
      'no CA': { cert, key },
      'the CA of another authority': { ...all, ca: other.cert },
      'the name of another server': { ...all, servername: 'redis.internal' },
      'no client certificate': { ca: authority.cert },
    };
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const app = await open(mistakes[wrong]!);
    await eventually(async () => {
      expect((await failsFast(app)).cause).toMatchObject({
        message: expect.stringMatching(reason),
      });
    });
    const lines = warn.mock.calls
      .map(String)
      .filter((line) => line.startsWith('Redis is unavailable'));
    expect(lines).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    ['the name in the certificate', { servername: 'localhost' }],
    ['certificate checks switched off', { ca: undefined, rejectUnauthorized: false }],
  ])('stores with %s', async (_what, more) => {
    const { cert, key } = servers.client;
    const app = await open(
      { ca: servers.authority.cert, cert, key, ...more },
      { producerTimeout: '10s' },
    );
    const enqueued = app.get(JobProducer).enqueue(Award, { points: 1 });
    await expect(enqueued).resolves.toMatchObject({ outcome: 'enqueued' });
  });

  it('survives a TLS error that arrives while the connection is closing', async () => {
    const { redis, client } = servers;
    const { cert, key } = client;
    const target = resolveTarget({ url: redis.url, tls: { cert, key } }, '{tls}');
    for (let i = 0; i < 20; i++) {
      const producer = connect(target, 500).producer as Redis;
      producer.on('error', () => undefined);
      const ended = new Promise<void>((resolve) => producer.once('end', resolve));
      // The handshake goes on, and only then does the client tell the server that it is not
      // trusted.
      await eventually(() => expect(producer.stream).toBeDefined(), { every: '1ms' });
      const { stream } = producer;
      if ((stream as Socket).connecting) await once(stream, 'connect');
      producer.disconnect();
      await ended;
    }
  }, 60_000);

  it.each<[string, (node: string) => RedisConnectionOptions]>([
    ['a cluster', (node) => ({ cluster: { nodes: [node] } })],
    ['Sentinels', (node) => ({ sentinel: { nodes: [node], master: 'loyalnest' } })],
  ])(
    'gets the server name and the client certificate, also as a node of %s',
    async (_kind, options) => {
      const { authority, client } = servers;
      const { cert, key } = await authority.issue('server');
      const trusted = { ca: authority.cert, requestCert: true, rejectUnauthorized: true };
      const server = createServer({ ...trusted, cert, key });
      const seen = new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      const tls = {
        ca: authority.cert,
        cert: client.cert,
        key: client.key,
        servername: 'localhost',
      };
      const target = resolveTarget({ ...options(`rediss://127.0.0.1:${port}`), tls }, '{tls}');
      const { producer } = connect(target, 500);
      producer.on('error', () => undefined);
      const socket = await seen;
      expect([socket.authorized, socket.servername]).toEqual([true, 'localhost']);
      producer.disconnect();
      socket.destroy();
      await new Promise((done) => server.close(done));
    },
  );
});
