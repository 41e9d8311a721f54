import { LoyalNestError, ON_SHUTDOWN, type HealthObservation } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Test } from '@nestjs/testing';
import { appModule, Dependency, MailClient, NEVER, type Observe } from '../test/health-app.js';
import {
  healthChanged,
  HealthSampler,
  type HealthChanged,
  type HealthModuleOptions,
} from './index.js';

interface Started extends RunningApp {
  readonly clock: FakeClock;
  readonly database: Dependency;
  readonly cache: Dependency;
  readonly mail: MailClient;
}

forEachPlatform((platform) => {
  let running: Started;

  const start = async (
    options: HealthModuleOptions = {},
    prepare: (database: Dependency, cache: Dependency) => void = () => undefined,
  ): Promise<void> => {
    const clock = new FakeClock();
    const database = new Dependency({ name: 'postgres', critical: true });
    const cache = new Dependency({ name: 'redis:cache', critical: false });
    prepare(database, cache);
    const app = await platform.create(appModule({ clock, ...options }, [database, cache]));
    running = { ...app, clock, database, cache, mail: app.app.get(MailClient) };
  };

  const probe = async (path: string) => {
    const response = await fetch(running.url + path);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body };
  };

  const sampled = (): Promise<unknown> => eventually(() => running.clock.pendingTimers === 1);
  const nextSample = (): Promise<void> => running.clock.advance(5_000);

  afterEach(() => running.close());

  it('is ready only after every check has been sampled', async () => {
    let finish!: (observation: HealthObservation) => void;
    await start({}, (database) => {
      database.observe = () => new Promise((resolve) => (finish = resolve));
    });
    expect(await probe('/health/ready')).toEqual({ status: 503, body: { status: 'starting' } });
    expect(await probe('/health')).toEqual({ status: 503, body: { status: 'starting' } });
    expect(await probe('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
    finish({ status: 'up' });
    await sampled();
    expect(await probe('/health/ready')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('lists every check in the format of Terminus', async () => {
    await start({}, (database) => {
      database.observe = () => ({ status: 'up', observed: { poolSize: 7 } });
    });
    await sampled();
    const up = {
      critical: false,
      checkedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 0,
      status: 'up',
    };
    const details = {
      postgres: { ...up, critical: true, observed: { poolSize: 7 } },
      'redis:cache': up,
      'mail-client': up,
    };
    expect(await probe('/health')).toEqual({
      status: 200,
      body: { status: 'ok', info: details, error: {}, details },
    });
  });

  it('is unready while a critical check is down, and ready again afterwards', async () => {
    await start();
    await sampled();
    running.database.observe = () => ({ status: 'down', code: 'connection-refused' });
    await nextSample();
    expect(await probe('/health/ready')).toEqual({ status: 503, body: { status: 'error' } });
    const { status, body } = await probe('/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'error',
      error: { postgres: { status: 'down', code: 'connection-refused' } },
    });
    expect((await probe('/health/live')).status).toBe(200);
    running.database.observe = () => ({ status: 'up' });
    await nextSample();
    expect((await probe('/health/ready')).status).toBe(200);
  });

  it.each<HealthObservation['status']>(['down', 'degraded'])(
    'stays ready, but degraded, while a soft check is %s',
    async (status) => {
      await start({}, (_database, cache) => {
        cache.observe = () => ({ status });
      });
      await sampled();
      expect(await probe('/health/ready')).toEqual({ status: 200, body: { status: 'degraded' } });
      expect((await probe('/health')).body).toMatchObject({
        details: { 'redis:cache': { status: 'degraded', critical: false } },
      });
    },
  );

  it('answers at once while a check hangs, aborts it at its timeout and runs it only once', async () => {
    await start({}, (database) => {
      database.observe = NEVER;
    });
    expect((await probe('/health/ready')).status).toBe(503);
    await running.clock.advance(500);
    expect(running.database.signals[0]!.aborted).toBe(true);
    expect((await probe('/health')).body).toMatchObject({
      error: { postgres: { code: 'timeout', durationMs: 500 } },
    });
    await nextSample();
    expect(running.database.calls).toBe(1);
    expect(running.cache.calls).toBe(2);
  });

  it('samples at its interval, however often probes ask', async () => {
    await start({ interval: '2s' });
    await sampled();
    await Promise.all(Array.from({ length: 20 }, () => probe('/health/ready')));
    expect(running.database.calls).toBe(1);
    await running.clock.advance(2_000);
    expect(running.database.calls).toBe(2);
  });

  it('never publishes the message of an error', async () => {
    class PoolError extends LoyalNestError {
      readonly code = 'POOL_EXHAUSTED';
      readonly category = 'unavailable';
      readonly retryable = true;
    }
    const secret = 'connect ECONNREFUSED secret-host:5432';
    const answers: Observe[] = [
      () => Promise.reject(Object.assign(new Error(secret), { code: 'ECONNREFUSED' })),
      () => {
        throw new Error(secret);
      },
      () => Promise.reject(new PoolError(secret)),
      () => ({ status: 'down', code: secret }),
    ];
    const codes: unknown[] = [];
    await start();
    await sampled();
    for (const answer of answers) {
      running.database.observe = answer;
      await nextSample();
      const { body } = await probe('/health');
      expect(JSON.stringify(body)).not.toContain('secret');
      codes.push((body as { details: Record<string, { code: string }> }).details['postgres']!.code);
    }
    expect(codes).toEqual(['connection-refused', 'failed', 'pool-exhausted', 'unspecified']);
  });

  it('shows only the status if details are hidden', async () => {
    await start({ details: 'never' });
    await sampled();
    expect(await probe('/health')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it.each<[unknown, string]>([
    [true, 'up'],
    [false, 'degraded'],
    [{ status: 'unhealthy' }, 'degraded'],
    [{ healthy: true }, 'up'],
    ['fine', 'degraded'],
  ])('reads %j from a plain getHealthStatus() as %s', async (answer, status) => {
    await start();
    await sampled();
    running.mail.answer = answer;
    await nextSample();
    const { body } = await probe('/health');
    expect(body).toMatchObject({ details: { 'mail-client': { status } } });
    expect(JSON.stringify(body)).not.toContain('host:25');
  });

  it('is unready but live from the tick in which a shutdown begins', async () => {
    await start();
    await sampled();
    running.app.get(HealthSampler)[ON_SHUTDOWN]();
    expect(running.app.get(HealthSampler).isReady).toBe(false);
    expect(await probe('/health/ready')).toEqual({
      status: 503,
      body: { status: 'shutting_down' },
    });
    expect((await probe('/health')).status).toBe(503);
    expect((await probe('/health/live')).status).toBe(200);
    expect(running.clock.pendingTimers).toBe(0);
  });

  it('publishes events only for changes', async () => {
    const events: HealthChanged[] = [];
    const end = healthChanged.subscribe((event) => events.push(event));
    await start();
    await sampled();
    events.length = 0;
    running.cache.observe = () => ({ status: 'down', code: 'timeout' });
    await nextSample();
    await nextSample();
    running.cache.observe = () => ({ status: 'up' });
    await nextSample();
    end();
    const about = { app: expect.any(String) as string, name: 'redis:cache', critical: false };
    expect(events).toEqual([
      { ...about, from: 'up', to: 'down', code: 'timeout' },
      { ...about, from: 'down', to: 'up', code: undefined },
    ]);
  });

  it('is shutting down when Nest closes the application itself', async () => {
    await start();
    await sampled();
    await running.app.close();
    expect(running.app.get(HealthSampler).status).toBe('shutting_down');
  });
});

describe('the boot fails', () => {
  const boot = (options: HealthModuleOptions) => {
    const dependency = new Dependency({ name: 'postgres', critical: true });
    return Test.createTestingModule({ imports: [appModule(options, [dependency])] }).compile();
  };

  it.each<[HealthModuleOptions, string]>([
    [{ interval: '1ms' }, 'HealthModule.interval: got'],
    [{ timeout: Number.NaN }, 'HealthModule.timeout: got NaN'],
    [{ details: 'some' as never }, "HealthModule.details: got 'some'"],
  ])('with %j', async (options, message) => {
    await expect(boot(options)).rejects.toThrow(message);
  });

  it('if two checks have the same name', async () => {
    class Second extends Dependency {}
    const second = new Second({ name: 'postgres', critical: false });
    const module = appModule({}, [new Dependency({ name: 'postgres', critical: true })]);
    const providers = [...module.providers!, { provide: 'second', useValue: second }];
    const app = await Test.createTestingModule({ imports: [{ ...module, providers }] }).compile();
    await expect(app.init()).rejects.toThrow("healthCheck.name: got 'postgres'");
  });
});
