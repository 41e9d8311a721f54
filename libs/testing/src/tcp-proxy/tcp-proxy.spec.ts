import { Redis } from 'ioredis';
import { Downstream } from '../downstream/downstream.js';
import { eventually } from '../eventually/eventually.js';
import { RedisServer } from '../redis/redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

describe('TcpProxy', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  let client: Redis;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterAll(() => redis.stop());

  beforeEach(async () => {
    proxy = await TcpProxy.start({ target: redis });
    client = new Redis(proxy.through(redis.url), {
      retryStrategy: () => 10,
      // By default ioredis delays the end of each test by two seconds.
      disconnectTimeout: 50,
    });
    client.on('error', () => undefined);
    await client.ping();
  });

  afterEach(async () => {
    client.disconnect();
    await proxy.stop();
  });

  const timedPing = async (): Promise<number> => {
    const started = performance.now();
    await client.ping();
    return performance.now() - started;
  };

  it('forwards bytes both ways', async () => {
    await client.set('a', '1');
    expect(await client.get('a')).toBe('1');
    expect(proxy.counts).toEqual({ accepted: 1, open: 1 });
  });

  it('keeps the order of all bytes even if the delay varies', async () => {
    const numbers = Array.from({ length: 400_000 }, (_, n) => n).join(' ');
    const downstream = await Downstream.start();
    downstream.reply(({ body }) => ({ body }));
    const toDownstream = await TcpProxy.start({ target: downstream });
    await toDownstream.latency(5, 30);
    const url = toDownstream.through(downstream.url);
    const echo = await fetch(url, { method: 'POST', body: numbers });
    expect((await echo.text()) === numbers).toBe(true);
    await toDownstream.stop();
    await downstream.stop();
  });

  it('delays every answer during latency', async () => {
    await proxy.latency(60);
    expect(await timedPing()).toBeGreaterThanOrEqual(55);
    await proxy.heal();
    await client.ping();
    expect(await timedPing()).toBeLessThan(50);
  });

  it('drops everything while it is a black hole, and closes those connections afterwards', async () => {
    await proxy.blackHole();
    const lost = client.get('a').catch(() => 'lost');
    let settled = false;
    void lost.then(() => (settled = true));
    await expect(eventually(() => settled, { within: '100ms' })).rejects.toThrow();
    const { accepted } = proxy.counts;
    await proxy.heal();
    await eventually(() => proxy.counts.accepted > accepted);
    expect(await client.echo('still in step')).toBe('still in step');
  });

  it('keeps the connection to the server if the client disconnects during a black hole', async () => {
    await proxy.blackHole();
    const direct = new Redis(redis.url);
    const clients = async (): Promise<number> =>
      ((await direct.client('LIST')) as string).trim().split('\n').length;
    const before = await clients();
    client.disconnect();
    await expect(
      eventually(async () => (await clients()) < before, { within: '100ms' }),
    ).rejects.toThrow();
    await proxy.heal();
    await eventually(async () => (await clients()) < before);
    await eventually(() => proxy.counts.open === 0);
    direct.disconnect();
  });

  it('resets existing and new connections until it heals', async () => {
    const errors: string[] = [];
    client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
    await proxy.reset();
    await eventually(() => proxy.counts.accepted >= 3);
    expect(errors).toContain('ECONNRESET');
    expect(proxy.counts.open).toBe(0);
    await proxy.heal();
    expect(await client.ping()).toBe('PONG');
  });

  it('refuses connections while it is down and listens on the same port afterwards', async () => {
    const errors: string[] = [];
    client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
    const { port } = proxy;
    await proxy.down();
    await eventually(() => errors.includes('ECONNREFUSED'));
    await proxy.heal();
    expect(proxy.port).toBe(port);
    expect(await client.ping()).toBe('PONG');
  });

  it('closes the client connection when the server stops', async () => {
    const other = await RedisServer.start();
    const toOther = await TcpProxy.start({ target: other });
    const direct = new Redis(toOther.through(other.url), { retryStrategy: () => null });
    await direct.ping();
    const ended = new Promise((resolve) => direct.once('end', resolve));
    await other.stop();
    await ended;
    await eventually(() => toOther.counts.open === 0);
    await toOther.stop();
  });
});
