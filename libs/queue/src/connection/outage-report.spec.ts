import { eventually, freePort, RedisServer } from '@loyalnest/testing';
import { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import type { RedisConnectionOptions } from './connection.options.js';
import { reportOutages } from './outage-report.js';
import { connect } from './redis-client.js';
import { resolveTarget } from './redis-target.js';

const FAILURES = 4;

describe('an outage', () => {
  let producer: Redis | Cluster;
  let warned: jest.SpyInstance;
  let logged: jest.SpyInstance;

  beforeEach(() => {
    warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    logged = jest.spyOn(Logger.prototype, 'log').mockImplementation();
  });
  afterEach(() => {
    producer.disconnect();
    jest.restoreAllMocks();
  });

  async function failToConnect(options: RedisConnectionOptions): Promise<void> {
    ({ producer } = connect(resolveTarget(options, '{outage}'), 500));
    let failures = 0;
    reportOutages(producer, new Logger('Queue'));
    producer.on('error', () => failures++);
    await eventually(() => failures >= FAILURES, { within: '20s' });
  }

  it.each<[string, (url: string) => RedisConnectionOptions]>([
    ['a single Redis', (url) => ({ url })],
    ['a cluster', (url) => ({ cluster: { nodes: [url] } })],
    ['Sentinels', (url) => ({ sentinel: { nodes: [url], master: 'loyalnest' } })],
  ])('of %s is logged once, however often the client retries', async (_kind, options) => {
    await failToConnect(options(`redis://127.0.0.1:${await freePort()}`));
    expect(warned.mock.calls).toEqual([
      [expect.stringMatching(/^Redis is unavailable: .*ECONNREFUSED/)],
    ]);
  });

  it('logs one line when it ends', async () => {
    const port = await freePort();
    await failToConnect({ url: `redis://127.0.0.1:${port}` });
    const redis = await RedisServer.start({ port });
    await eventually(() => expect(producer.status).toBe('ready'));
    expect(logged.mock.calls).toEqual([['Redis is available again']]);
    expect(warned).toHaveBeenCalledTimes(1);
    await redis.stop();
  });
});
