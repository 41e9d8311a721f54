import { eventually, freePort, RedisServer } from '@loyalnest/testing';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { inspect } from 'node:util';
import { ContractApps } from '../../test/contract-apps.js';
import { failsFast } from '../../test/fails-fast.js';
import { bullOf } from '../../test/points-app.js';
import { JobProducer } from '../producer/job-producer.js';
import { defineJob } from '../job/job-definition.js';
import type { RedisConnectionOptions } from './connection.options.js';
import { QueueUnavailableError } from './queue-unavailable.error.js';

const SECRET = 'hunter2';

describe('the error and the log line of an outage name the reason', () => {
  let stop: (() => Promise<void>) | undefined;
  let apps: ContractApps | undefined;
  let app: INestApplicationContext;

  afterEach(async () => {
    await apps?.closeAll();
    await stop?.();
    stop = undefined;
    jest.restoreAllMocks();
  });

  /**
   * The one log line of an outage names what is known when it begins. A busy machine may need a second
   * application to learn the reason in time.
   */
  async function expectReason(connection: RedisConnectionOptions, reason: RegExp): Promise<void> {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    await eventually(
      async () => {
        await apps?.closeAll();
        apps = new ContractApps(connection);
        app = await apps.create();
        await eventually(
          async () => {
            const error = await failsFast(app);
            expect(error.cause).toMatchObject({ message: expect.stringMatching(reason) });
            expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
          },
          { within: '10s' },
        );
        expect(warn.mock.calls.map(String)).toContainEqual(expect.stringMatching(reason));
      },
      { within: '20s' },
    );
    expect(warn.mock.calls.join()).not.toContain(SECRET);
  }

  it('when nothing listens at the address', async () => {
    const port = await freePort();
    await expectReason({ url: `redis://:${SECRET}@127.0.0.1:${port}` }, /ECONNREFUSED/);
  });

  it('when the password is wrong', async () => {
    const redis = await RedisServer.start({ settings: { requirepass: 'other' } });
    stop = () => redis.stop();
    const url = redis.url.replace('//', `//:${SECRET}@`);
    await expectReason({ url }, /WRONGPASS/);
  });

  it('when Redis does not have the database, and uses no other one', async () => {
    const redis = await RedisServer.start();
    stop = () => redis.stop();
    const log = jest.spyOn(Logger.prototype, 'log');
    await expectReason({ url: `${redis.url}/99` }, /DB index is out of range/);
    const first = new Redis(redis.url);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await first.info('stats'))![1]);
    const seen = await connections();
    await eventually(async () => expect(await connections()).toBeGreaterThan(seen + 2), {
      within: '10s',
    });
    await failsFast(app);
    expect(await first.dbsize()).toBe(0);
    expect(log.mock.calls.map(String)).not.toContainEqual(
      expect.stringContaining('available again'),
    );
    first.disconnect();
  });

  it('when no node of a cluster answers', async () => {
    const nodes = [`redis://:${SECRET}@127.0.0.1:${await freePort()}`];
    await expectReason({ cluster: { nodes } }, /connect ECONNREFUSED/);
  });

  it('when no Sentinel answers', async () => {
    const nodes = [`redis://:${SECRET}@127.0.0.1:${await freePort()}`];
    await expectReason({ sentinel: { nodes, master: 'loyalnest' } }, /All sentinels.*ECONNREFUSED/);
  });
});

it('a command error contains neither the command nor its payload', async () => {
  const redis = await RedisServer.start({ maxmemory: '1mb' });
  const apps = new ContractApps({ url: redis.url });
  const app = await apps.create();
  const Note = defineJob('points.note', {
    payload: {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value) => ({ value: value as object }),
      },
    },
  });
  const text = `+49 1700 ${SECRET}`;
  const error = await app
    .get(JobProducer)
    .enqueue(Note, { text })
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(QueueUnavailableError);
  expect(inspect(error, { depth: 9 })).toContain('OOM');
  expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
  expect(await bullOf(app).getJobCountByTypes('waiting')).toBe(0);
  await apps.closeAll();
  await redis.stop();
});
