import { eventually, RedisSentinel } from '@loyalnest/testing';
import type { Redis } from 'ioredis';
import { connect } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

interface Inside {
  readonly connector: {
    readonly failoverDetector: { readonly sentinels: readonly { readonly client: Redis }[] };
  };
}

const RETRIES = 12;

it('does not pile up listeners on the sockets of the Sentinels during an outage', async () => {
  const group = await RedisSentinel.start();
  const sentinel = { nodes: group.urls, master: group.masterName };
  const producer = connect(resolveTarget({ sentinel }, '{outage}'), 500).producer as Redis;
  producer.on('error', () => undefined);
  try {
    const { connector } = producer as unknown as Inside;
    await eventually(() =>
      expect(connector.failoverDetector?.sentinels[0]?.client.status).toBe('ready'),
    );
    const sockets = connector.failoverDetector.sentinels.map(({ client }) => client.stream);
    let retries = 0;
    producer.on('reconnecting', () => retries++);
    for (const redis of group.redis) await redis.kill();
    await eventually(() => retries >= RETRIES, { within: '30s' });
    for (const socket of sockets) expect(socket.listenerCount('close')).toBeLessThan(RETRIES / 2);
  } finally {
    producer.disconnect();
    await group.stop();
  }
}, 60_000);
