import { eventually, freePort, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { connect, duplicateWaiting } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

describe('a waiting connection', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  let operator: Redis;
  let producer: Redis;
  let waiting: Redis;

  beforeEach(async () => {
    redis = await RedisServer.start();
    proxy = await TcpProxy.start({ target: redis });
    operator = new Redis(redis.url);
    const target = resolveTarget({ url: proxy.through(redis.url) }, '{waiting}');
    producer = connect(target, 5_000, 300).producer as Redis;
    waiting = duplicateWaiting(producer) as Redis;
    for (const client of [producer, waiting]) client.on('error', () => undefined);
    await eventually(() => producer.set('place', 'before'));
    await waiting.ping();
  });
  afterEach(async () => {
    for (const client of [producer, waiting, operator]) client.disconnect();
    await proxy.stop();
    await redis.stop();
  });

  it('reconnects when the server is silent but keeps the connection open', async () => {
    let again = 0;
    waiting.on('reconnecting', () => again++);
    await proxy.blackHole();
    const read = waiting.get('place');
    await eventually(() => again > 0, { within: '5s' });
    await proxy.heal();
    await expect(read).resolves.toBe('before');
  });

  it('resends a command that a demoted master refused, while a producer rejects it', async () => {
    let closed = 0;
    producer.on('close', () => closed++);
    await operator.replicaof('127.0.0.1', await freePort());
    await expect(producer.set('place', 'producer')).rejects.toThrow('READONLY');
    await eventually(() => closed > 0);
    const written = waiting.set('place', 'waiting');
    await eventually(() => waiting.status !== 'ready');
    await operator.replicaof('NO', 'ONE');
    await expect(written).resolves.toBe('OK');
    expect(await operator.get('place')).toBe('waiting');
  });
});
