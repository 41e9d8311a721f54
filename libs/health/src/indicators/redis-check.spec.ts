import { CHECK_HEALTH } from '@loyalnest/core';
import { eventually, RedisServer } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { RedisCheck } from '../index.js';

let redis: RedisServer;
let client: Redis;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  client = new Redis(redis.url, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
});
afterEach(() => client.disconnect());
afterAll(() => redis.stop());

it("pings on the application's own connection", async () => {
  const check = new RedisCheck(client, { name: 'redis:cache' });
  expect(check.healthCheck).toEqual({ name: 'redis:cache', critical: false });
  await eventually(async () => expect(await check[CHECK_HEALTH]()).toEqual({ status: 'up' }));
  expect(await client.client('LIST')).toMatch(/cmd=client/);
  expect(
    String(await client.client('LIST'))
      .trim()
      .split('\n'),
  ).toHaveLength(1);
});

it('is down at once while disconnected, and queues no command for later', async () => {
  const check = new RedisCheck(client);
  await client.ping();
  await redis.kill();
  await eventually(() => client.status !== 'ready');
  expect(await check[CHECK_HEALTH]()).toEqual({ status: 'down', code: 'not-connected' });
  await redis.restart();
  await eventually(() => client.status === 'ready');
  expect(await check[CHECK_HEALTH]()).toEqual({ status: 'up' });
  // Only one ping since the restart: none was queued while disconnected.
  expect(await client.info('commandstats')).toMatch(/cmdstat_ping:calls=1,/);
});

it.each([
  ['LOADING Redis is loading the dataset in memory', 'loading'],
  ['NOAUTH Authentication required.', 'unauthorized'],
])('turns %s into a code', async (message, code) => {
  const ping = () => Promise.reject(new Error(message));
  const check = new RedisCheck({ isReady: true, ping });
  expect(await check[CHECK_HEALTH]()).toEqual({ status: 'down', code });
});

it('supports clients that have isReady', async () => {
  const ping = jest.fn(async () => 'PONG');
  expect(await new RedisCheck({ isReady: false, ping })[CHECK_HEALTH]()).toEqual({
    status: 'down',
    code: 'not-connected',
  });
  expect(ping).not.toHaveBeenCalled();
});
