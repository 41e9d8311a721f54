import { Redis } from 'ioredis';
import { eventually } from '../eventually/eventually.js';
import { RedisServer } from './redis-server.js';

describe('RedisServer', () => {
  let redis: RedisServer;
  let client: Redis;

  const start = async (options?: Parameters<typeof RedisServer.start>[0]): Promise<void> => {
    redis = await RedisServer.start(options);
    client = new Redis(redis.url, { retryStrategy: () => 20, disconnectTimeout: 50 });
    client.on('error', () => undefined);
    await client.ping();
  };

  afterEach(async () => {
    client.disconnect();
    await redis.stop();
  });

  it('listens on a free port and evicts no keys', async () => {
    await start();
    expect(redis.port).not.toBe(6379);
    expect(await client.set('a', '1')).toBe('OK');
    expect(await client.config('GET', 'maxmemory-policy')).toContain('noeviction');
  });

  it('is empty after a kill without an append-only file', async () => {
    await start();
    await client.set('a', '1');
    await redis.kill();
    expect(redis.pid).toBeUndefined();
    await redis.restart();
    expect(await client.get('a')).toBeNull();
  });

  it('keeps its data and its port across a restart with an append-only file', async () => {
    await start({ appendOnly: true });
    const { port } = redis;
    await client.set('a', '1');
    await redis.restart();
    expect(redis.port).toBe(port);
    expect(await client.get('a')).toBe('1');
  });

  it('answers nothing while it is paused and everything after it is resumed', async () => {
    await start();
    redis.pause();
    let answered = false;
    const ping = client.ping().then(() => (answered = true));
    await expect(eventually(() => answered, { within: '100ms' })).rejects.toThrow('100 ms');
    redis.resume();
    await ping;
  });

  it('stops while it is paused', async () => {
    await start();
    const { pid } = redis;
    redis.pause();
    await redis.stop();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });

  it('rejects with the port if a given port is taken', async () => {
    await start();
    await expect(RedisServer.start({ port: redis.port })).rejects.toThrow(
      new RegExp(`Redis on port ${redis.port} ended[^]*already in use`),
    );
  });
});
