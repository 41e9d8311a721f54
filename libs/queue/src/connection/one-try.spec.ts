import { eventually, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { connect } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

it('does not resend a command after a lost connection, as it may have been executed', async () => {
  const redis = await RedisServer.start();
  const proxy = await TcpProxy.start({ target: redis });
  const target = resolveTarget({ url: proxy.through(redis.url) }, '{once}');
  const producer = connect(target, 20_000).producer as Redis;
  producer.on('error', () => undefined);
  const reader = new Redis(redis.url);
  await eventually(() => expect(producer.status).toBe('ready'));
  await proxy.blackHole();
  const sent = producer.incr('sent');
  const refused = expect(sent).rejects.toThrow();
  await proxy.heal();
  await refused;
  await eventually(() => producer.ping());
  expect(await reader.get('sent')).toBeNull();
  producer.disconnect();
  reader.disconnect();
  await proxy.stop();
  await redis.stop();
});
