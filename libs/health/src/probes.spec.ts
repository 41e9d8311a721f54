import { SystemClock } from '@loyalnest/core';
import {
  eventually,
  forEachPlatform,
  PLATFORMS,
  PostgresServer,
  RedisServer,
} from '@loyalnest/testing';
import { Logger, type Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { Dependency, NEVER, type Observe } from '../test/health-app.js';
import { healthApp, startHealth, type RunningHealth } from '../test/running-health.js';
import { PostgresCheck, RedisCheck, type HealthModuleOptions } from './index.js';

const SECRET = 'connect ECONNREFUSED secret-host:5432';
const PROBES = ['/health/live', '/health/ready', '/health/startup', '/health', '/health/modules'];
const WITHIN_MS = 50;

const BROKEN: [string, Observe][] = [
  ['never settles', NEVER],
  [
    'throws',
    () => {
      throw new TypeError(SECRET);
    },
  ],
  ['rejects', () => Promise.reject(Object.assign(new Error(SECRET), { code: SECRET }))],
  ['returns an address', () => ({ status: 'down', code: SECRET, observed: { url: SECRET } })],
  ['returns nothing', () => undefined as never],
];

/**
 * Milliseconds until the response; the best of ten, because other processes compete for the CPU.
 */
async function quickest(url: string): Promise<number> {
  let bestMs = Infinity;
  for (let i = 0; i < 10; i++) {
    const startedAt = performance.now();
    await (await fetch(url)).arrayBuffer();
    bestMs = Math.min(bestMs, performance.now() - startedAt);
  }
  return bestMs;
}

const REAL: HealthModuleOptions = {
  clock: new SystemClock(),
  interval: '100ms',
  timeout: '50ms',
  // Other processes may keep the CPU for longer than a few such intervals.
  staleAfter: 600,
};

forEachPlatform((platform) => {
  let running: RunningHealth | undefined;

  afterEach(() => running?.close());

  describe.each(BROKEN)('while a check %s', (_how, observe) => {
    it.each([
      ['critical', true, 503, 'error'],
      ['soft', false, 200, 'degraded'],
    ])(
      'and is %s, probes answer at once with the right status and leak nothing',
      async (_kind, critical, code, status) => {
        const broken = new Dependency({ name: 'ledger', critical });
        broken.observe = observe;
        running = await startHealth(platform, REAL, {
          providers: [{ provide: 'ledger', useValue: broken }],
        });
        const ready = await running.probe('/health/ready');
        expect([ready.status, ready.body]).toEqual([code, { status }]);
        expect((await running.probe('/health/live')).status).toBe(200);
        for (const path of PROBES) {
          const { body, headers } = await running.probe(path);
          expect(JSON.stringify([body, ...headers])).not.toContain('secret');
          expect(await quickest(running.url + path)).toBeLessThan(WITHIN_MS);
        }
      },
    );
  });

  it('answers 503 at once until the first sample is complete', async () => {
    const slow = new Dependency({ name: 'ledger', critical: false });
    slow.observe = NEVER;
    const providers = [{ provide: 'ledger', useValue: slow }];
    const options = { ...REAL, timeout: '1h', memory: false, eventLoop: false } as const;
    const starting = await platform.create(healthApp(options, { providers }));
    for (const path of PROBES.filter((each) => each !== '/health/live')) {
      expect((await fetch(starting.url + path)).status).toBe(503);
      expect(await quickest(starting.url + path)).toBeLessThan(WITHIN_MS);
    }
    await starting.close();
  });
});

describe('a Redis that stops and restarts', () => {
  const PERIOD_MS = 2_000;
  const apps: RunningHealth[] = [];
  const clients: Redis[] = [];
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(apps.map((app) => app.close()));
    await redis.stop();
  });

  const start = async (critical: boolean): Promise<RunningHealth> => {
    const client = new Redis(redis.url, { retryStrategy: () => 50 });
    client.on('error', () => undefined);
    clients.push(client);
    const check: Provider = {
      provide: RedisCheck,
      useFactory: () => new RedisCheck(client, { critical }),
    };
    const options = { ...REAL, interval: PERIOD_MS, timeout: '200ms', failures: 2 } as const;
    const app = await startHealth(PLATFORMS[0]!, options, { providers: [check] });
    apps.push(app);
    return app;
  };
  const seen = async (app: RunningHealth) => {
    const [live, ready] = await Promise.all(
      ['/health/live', '/health/ready'].map((path) => app.probe(path)),
    );
    return [live!.status, ready!.status, ready!.body['status']];
  };

  it('degrades the service if soft, makes it unready if critical, and recovers within two intervals', async () => {
    const [soft, critical] = [await start(false), await start(true)];
    for (const app of apps) {
      await eventually(async () => expect(await seen(app)).toEqual([200, 200, 'ok']));
    }
    await redis.kill();
    const stopped = { within: PERIOD_MS * 3 };
    await eventually(async () => {
      expect(await seen(soft)).toEqual([200, 200, 'degraded']);
      expect(await seen(critical)).toEqual([200, 503, 'error']);
    }, stopped);
    await redis.restart();
    await eventually(
      async () => {
        for (const app of apps) expect(await seen(app)).toEqual([200, 200, 'ok']);
      },
      { within: PERIOD_MS * 2 },
    );
  });
});

describe('1,000 probes', () => {
  class CountingPool extends Pool {
    queries = 0;
    override query(...query: unknown[]): never {
      this.queries++;
      return super.query(...(query as [string])) as never;
    }
  }

  it('send no query to Redis or Postgres', async () => {
    const [redis, postgres] = await Promise.all([
      RedisServer.start(),
      PostgresServer.start({ durable: false }),
    ]);
    const client = new Redis(redis.url);
    const pool = new CountingPool({ connectionString: postgres.url() });
    // The server may close a connection first, which is not a failure of the test.
    pool.on('error', () => undefined);
    const running = await startHealth(
      PLATFORMS[1]!,
      { interval: '1h', clock: new SystemClock() },
      {
        providers: [
          { provide: RedisCheck, useFactory: () => new RedisCheck(client) },
          { provide: PostgresCheck, useFactory: () => new PostgresCheck(pool) },
        ],
      },
    );
    const queriesSent = async () => [
      pool.queries,
      Number(/cmdstat_ping:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0),
    ];
    const before = await queriesSent();
    expect(before[0]).toBe(1);
    const paths = [...PROBES, '/health/redis', '/health/database'];
    const lane = async (probes: number): Promise<void> => {
      for (let i = 0; i < probes; i++) await running.probe(paths[i % paths.length]!);
    };
    await Promise.all(Array.from({ length: 10 }, () => lane(100)));
    expect(await queriesSent()).toEqual(before);
    await running.close();
    client.disconnect();
    await pool.end();
    await Promise.all([redis.stop(), postgres.stop()]);
  });
});

describe('the log', () => {
  it('has one line per change, however often checks are sampled and probed', async () => {
    const lines: string[] = [];
    for (const level of ['log', 'warn', 'error'] as const) {
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation(
          (...texts: unknown[]) => void lines.push(`${level} ${String(texts[0])}`),
        );
    }
    const ledger = new Dependency({ name: 'ledger', critical: true });
    const providers = [{ provide: 'ledger', useValue: ledger }];
    const running = await startHealth(PLATFORMS[0]!, {}, { providers });
    lines.length = 0;
    ledger.observe = () => ({ status: 'down', code: 'connection-refused' });
    for (let i = 0; i < 3; i++) {
      await running.nextSample();
      for (const path of PROBES) await running.probe(path);
    }
    ledger.observe = () => ({ status: 'up' });
    for (let i = 0; i < 3; i++) await running.nextSample();
    await running.close();
    jest.restoreAllMocks();
    expect(lines).toEqual([
      'warn ledger is down (connection-refused)',
      'error no longer ready',
      'log ledger is up again',
      'log ready again',
    ]);
  });
});
