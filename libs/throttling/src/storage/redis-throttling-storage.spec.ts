import { CHECK_HEALTH, DRAIN, OBSERVE_METRICS, ON_SHUTDOWN } from '@loyalnest/core';
import { resolveRate, type Cell } from '@loyalnest/core/toolkit';
import { eventually, freePort, RedisCluster, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Logger } from '@nestjs/common';
import { Cluster, Redis } from 'ioredis';
import { storageChanged, type StorageChanged } from '../throttling.events.js';
import { createThrottlingStorage } from './create-storage.js';
import type { RedisStorageOptions } from './redis-storage.options.js';
import type { RedisThrottlingStorage } from './redis-throttling-storage.js';

/** Returns whether limits are shared, and how many connections are ready. */
function shared(storage: RedisThrottlingStorage): readonly number[] {
  return [...storage[OBSERVE_METRICS]()]
    .filter(({ labels }) => labels?.['state'] !== 'lost')
    .slice(0, 2)
    .map(({ value }) => value);
}

const TIMEOUT_MS = 100;
/** Allowance for late timers and a busy machine. */
const SLACK_MS = 400;

let server: RedisServer;
let observer: Redis;
let lines: string[];
const events: StorageChanged[] = [];
const closers: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
  observer = new Redis(server.url);
  observer.on('error', () => {});
  storageChanged.subscribe((event) => events.push(event));
});
beforeEach(async () => {
  await observer.flushall();
  events.length = 0;
  lines = [];
  for (const level of ['log', 'warn'] as const) {
    jest
      .spyOn(Logger.prototype, level)
      .mockImplementation((...line: unknown[]) => void lines.push(String(line[0])));
  }
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  jest.restoreAllMocks();
});
afterAll(async () => {
  observer.disconnect();
  await server.stop();
});

async function create(options: RedisStorageOptions = {}): Promise<RedisThrottlingStorage> {
  const where = options.connection ? {} : { url: server.url };
  const storage = (await createThrottlingStorage({
    ...where,
    ...options,
  })) as RedisThrottlingStorage;
  closers.push(() => storage.onApplicationShutdown());
  await storage.onModuleInit();
  return storage;
}

function cell(key: string, limit: number, per = 60_000): Cell {
  return { key, rate: resolveRate('limit', { limit, per }) };
}

/** Returns the verdict, and how long it took. */
async function timed(storage: RedisThrottlingStorage, ...cells: Cell[]) {
  const startedAt = performance.now();
  const { allowed, fallback = false } = await storage.take(cells);
  return { allowed, fallback, ms: performance.now() - startedAt };
}

describe('while Redis is available', () => {
  it('processes share the limits', async () => {
    const [one, two] = [await create(), await create()];
    const verdicts = [];
    for (const storage of [one, two, one, two]) {
      verdicts.push((await storage.take([cell('ip:a', 3)])).allowed);
    }
    expect(verdicts).toEqual([true, true, true, false]);
    expect((await two.take([cell('ip:b', 3)])).allowed).toBe(true);
  });

  it('no request has to send the script', async () => {
    await observer.script('FLUSH');
    const storage = await create();
    await observer.config('RESETSTAT');
    await storage.take([cell('ip:a', 3)]);
    const commands = await observer.info('commandstats');
    expect(commands).toContain('cmdstat_evalsha:calls=1,');
    expect(commands).not.toContain('cmdstat_eval:');
  });

  it('allows exactly the limit of concurrent requests', async () => {
    const [one, two] = [await create(), await create()];
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? one : two).take([cell('ip:a', 20)])),
    );
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(20);
  });

  it('takes from none of the cells if one is full', async () => {
    const storage = await create();
    const cells = [cell('ip:a', 5), cell('merchant:m', 1)];
    expect((await storage.take(cells)).allowed).toBe(true);
    for (let i = 0; i < 5; i++) expect((await storage.take(cells)).allowed).toBe(false);
    const { aheadUs } = await storage.take([cells[0]!]);
    // Two requests of 12 s each, less the time that has passed.
    expect(aheadUs[0]).toBeGreaterThan(23_000_000);
    expect(aheadUs[0]).toBeLessThanOrEqual(24_000_000);
  });

  it('calls Redis once for all cells of a request', async () => {
    const storage = await create();
    await storage.take([cell('warm', 5)]);
    await observer.config('RESETSTAT');
    await storage.take([cell('a', 5), cell('b', 5), cell('c', 5)]);
    const stats = await observer.info('commandstats');
    expect(stats).toContain('cmdstat_evalsha:calls=1,');
    expect(stats).not.toContain('cmdstat_eval:');
  });

  it('lets keys expire when they have no effect any more', async () => {
    const storage = await create();
    await storage.take([cell('ip:a', 2, 400)]);
    const ttl = await observer.pttl('{throttling}:ip:a');
    expect(ttl).toBeGreaterThan(100);
    expect(ttl).toBeLessThanOrEqual(200);
    await eventually(async () => expect(await observer.dbsize()).toBe(0));
  });

  it('sends the script again if Redis has forgotten it', async () => {
    const storage = await create();
    await storage.take([cell('ip:a', 3)]);
    await observer.script('FLUSH');
    expect(await storage.take([cell('ip:a', 3)])).toMatchObject({ allowed: true });
    expect(events).toEqual([]);
  });

  it('treats a key with another value as unused', async () => {
    const storage = await create();
    await observer.set('{throttling}:ip:a', 'something else');
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({ allowed: true, fallback: false });
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({ allowed: false });
  });

  it('is healthy', async () => {
    const storage = await create();
    expect(await storage[CHECK_HEALTH]()).toEqual({ status: 'up' });
    expect(shared(storage)).toEqual([1, 1]);
  });

  it('does not treat answers as late that a blocked event loop has not read yet', async () => {
    const storage = await create();
    const asked = storage.take([cell('ip:a', 1)]);
    // Lets the client send the command.
    await new Promise<void>((done) => setImmediate(done));
    const until = performance.now() + TIMEOUT_MS * 3;
    while (performance.now() < until);
    expect(await asked).toEqual({ allowed: true, aheadUs: [60_000_000] });
    expect(events).toEqual([]);
  });
});

describe('while Redis is unavailable', () => {
  it('each process keeps its own limits, and they are shared again afterwards', async () => {
    const own = await RedisServer.start();
    closers.push(() => own.stop());
    const storage = await create({ url: own.url });
    for (let i = 0; i < 2; i++) await storage.take([cell('ip:a', 2)]);
    expect(await timed(storage, cell('ip:a', 2))).toMatchObject({ allowed: false });
    await own.kill();
    const verdicts = [];
    for (let i = 0; i < 4; i++) verdicts.push(await timed(storage, cell('ip:a', 2)));
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, false, false]);
    expect(verdicts.every(({ fallback }) => fallback)).toBe(true);
    for (const { ms } of verdicts) expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect((await storage[CHECK_HEALTH]()).status).toBe('down');
    expect(storage.healthCheck.critical).toBe(false);
    expect(shared(storage)).toEqual([0, 0]);
    await own.restart();
    await eventually(async () => {
      expect(await timed(storage, cell('ip:a', 2))).toMatchObject({ fallback: false });
    });
    expect(await storage[CHECK_HEALTH]()).toEqual({ status: 'up' });
    expect(events.map(({ state }) => state)).toEqual(['away', 'back']);
    expect(lines).toEqual([
      expect.stringMatching(/^Redis is unavailable, so each process keeps limits of its own: /),
      'Redis is available again, and limits are shared',
    ]);
  });

  it('a boot does not wait for Redis', async () => {
    const port = await freePort();
    const startedAt = performance.now();
    const storage = await create({ url: `redis://127.0.0.1:${port}` });
    expect(performance.now() - startedAt).toBeLessThan(1_000 + SLACK_MS);
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({ allowed: true, fallback: true });
    expect(events).toEqual([{ state: 'away', reason: expect.stringContaining('ECONNREFUSED') }]);
  });

  const hangs: [string, (redis: RedisServer) => Promise<() => unknown>][] = [
    [
      'its process is stopped',
      async (redis) => {
        redis.pause();
        return () => redis.resume();
      },
    ],
    [
      'clients are paused',
      async () => {
        // A paused server would not accept a command that ends the pause, so the pause has a limit.
        await observer.client('PAUSE', 1_500, 'ALL');
        return () => undefined;
      },
    ],
  ];
  it.each(hangs)('only the requests that discover it wait, if %s', async (_what, hang) => {
    const storage = await create();
    await storage.take([cell('ip:a', 1_000)]);
    const heal = await hang(server);
    const first = await Promise.all([1, 2, 3].map(() => timed(storage, cell('ip:a', 1_000))));
    for (const { ms, fallback } of first) {
      expect(fallback).toBe(true);
      expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    }
    const startedAt = performance.now();
    for (let i = 0; i < 500; i++) await storage.take([cell('ip:a', 1_000)]);
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS);
    await heal();
    await eventually(async () => {
      expect(await timed(storage, cell('ip:b', 1_000))).toMatchObject({ fallback: false });
    });
  });

  it('a dead connection is replaced', async () => {
    const proxy = await TcpProxy.start({ target: server });
    closers.push(() => proxy.stop());
    const storage = await create({ url: proxy.through(server.url) });
    await proxy.blackHole();
    expect(await timed(storage, cell('ip:a', 5))).toMatchObject({ fallback: true });
    const before = proxy.counts.accepted;
    await eventually(() => expect(proxy.counts.accepted).toBeGreaterThan(before), {
      within: '15s',
    });
    await proxy.heal();
    await eventually(async () => {
      expect(await timed(storage, cell('ip:a', 5))).toMatchObject({ fallback: false });
    });
  });

  it('a Redis that refuses writes counts as unavailable', async () => {
    const storage = await create();
    await observer.config('SET', 'min-replicas-to-write', '1');
    const first = await timed(storage, cell('ip:a', 1));
    expect(first).toMatchObject({ allowed: true, fallback: true });
    // An error is an answer, so the request does not wait for the timeout.
    expect(first.ms).toBeLessThan(TIMEOUT_MS);
    expect(events).toEqual([{ state: 'away', reason: expect.stringContaining('NOREPLICAS') }]);
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({ allowed: false, fallback: true });
    await observer.config('SET', 'min-replicas-to-write', '0');
    await eventually(async () => {
      expect(await timed(storage, cell('ip:b', 1_000))).toMatchObject({ fallback: false });
    });
  });
});

describe('a connection of the application', () => {
  it('is used and not closed, and queues no commands while Redis is unavailable', async () => {
    const own = await RedisServer.start();
    closers.push(() => own.stop());
    const connection = new Redis(own.url, { lazyConnect: true, retryStrategy: () => 50 });
    connection.on('error', () => {});
    closers.push(() => connection.disconnect());
    const storage = await create({ connection });
    expect(await timed(storage, cell('ip:a', 5))).toMatchObject({ fallback: false });
    await own.kill();
    await eventually(() => expect(connection.status).not.toBe('ready'));
    for (let i = 0; i < 50; i++) {
      const { fallback, ms } = await timed(storage, cell('ip:a', 5));
      expect(fallback).toBe(true);
      expect(ms).toBeLessThan(TIMEOUT_MS);
    }
    const { offlineQueue } = connection as unknown as { offlineQueue: { length: number } };
    expect(offlineQueue.length).toBe(0);
    await own.restart();
    await eventually(async () => {
      expect(await timed(storage, cell('ip:b', 9))).toMatchObject({ fallback: false });
    });
    for (const { run } of storage[DRAIN]()) await run(new AbortController().signal);
    expect(await connection.ping()).toBe('PONG');
  });

  it('may be a cluster', async () => {
    const cluster = await RedisCluster.start();
    closers.push(() => cluster.stop());
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const connection = new Cluster(nodes);
    closers.push(() => connection.disconnect());
    const storage = await create({ connection, timeout: '1s' });
    await eventually(async () => {
      const cells = [cell('ip:a', 1_000), cell('merchant:m', 1_000)];
      expect(await timed(storage, ...cells)).toMatchObject({ allowed: true, fallback: false });
    });
    const cells = [cell('ip:b', 2), cell('merchant:n', 9)];
    const verdicts = [];
    for (let i = 0; i < 3; i++) verdicts.push((await timed(storage, ...cells)).allowed);
    expect(verdicts).toEqual([true, true, false]);
  });
});

describe('during a shutdown', () => {
  it('limits through Redis while the process drains, and closes with the connections', async () => {
    const storage = await create();
    await storage.take([cell('ip:a', 1)]);
    storage[ON_SHUTDOWN]();
    storage.onApplicationShutdown();
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({
      allowed: false,
      fallback: false,
    });
    const steps = storage[DRAIN]();
    expect(steps).toMatchObject([{ phase: 'close-connections', name: 'redis:throttling' }]);
    await steps[0]!.run(new AbortController().signal);
    expect(await timed(storage, cell('ip:a', 1))).toMatchObject({ allowed: true, fallback: true });
    await eventually(async () => {
      expect(await observer.client('LIST')).not.toContain('name=throttling');
    });
    expect(lines).toEqual([]);
  });

  it('closes the connection without a graceful shutdown too', async () => {
    const storage = await create();
    storage.onApplicationShutdown();
    await eventually(async () => {
      expect(await observer.client('LIST')).not.toContain('name=throttling');
    });
  });
});

describe('the boot fails', () => {
  it.each<[RedisStorageOptions, string]>([
    [{ url: 'localhost:6379' }, "throttling.url: got 'localhost:6379'; use an address such as"],
    [{ url: 'http://ada:hunter2@redis' }, "throttling.url: got 'http://ada:***@redis'; use"],
    [{ timeout: '2s' }, "throttling.timeout: got '2s'; use a duration from 1 ms to 1000 ms"],
    [{ prefix: 'throttling' }, "throttling.prefix: got 'throttling'; put a part in braces"],
    [{ maxKeys: 0 }, 'throttling.maxKeys: got 0'],
  ])('for %j, and leaves no connection', async (options, message) => {
    await expect(createThrottlingStorage({ url: server.url, ...options })).rejects.toThrow(message);
    await eventually(async () => {
      expect(await observer.client('LIST')).not.toContain('name=throttling');
    });
  });

  it('for both a url and a connection', async () => {
    await expect(
      createThrottlingStorage({ url: server.url, connection: observer }),
    ).rejects.toThrow("throttling.connection: got '(set)'; remove it, or remove url");
  });
});
