import {
  AdminAccess,
  AdminAccessError,
  type Administrator,
  type AdminRequest,
  type HealthObservation,
} from '@loyalnest/core';
import { forEachPlatform, PLATFORMS } from '@loyalnest/testing';
import { Module, type DynamicModule } from '@nestjs/common';
import { Dependency } from '../../test/health-app.js';
import { healthApp, startHealth, type RunningHealth } from '../../test/running-health.js';
import type { HealthModuleOptions } from '../index.js';

const DOWN: HealthObservation = { status: 'down', code: 'connection-refused' };

class Keys extends AdminAccess {
  answer: (request: AdminRequest) => Promise<Administrator> = async ({ headers }) => {
    if (headers['authorization'] === 'Bearer viewer') return { name: 'ada', role: 'view' };
    throw new AdminAccessError('unauthenticated', 'view');
  };
  readonly roles: string[] = [];
  authorize(request: AdminRequest, role: 'view'): Promise<Administrator> {
    this.roles.push(role);
    return this.answer(request);
  }
}

forEachPlatform((platform) => {
  let running: RunningHealth;
  let postgres: Dependency;
  let cache: Dependency;
  let sms: Dependency;
  let keys: Keys;

  const start = async (options: HealthModuleOptions = {}): Promise<void> => {
    postgres = new Dependency({ name: 'postgres', critical: true });
    cache = new Dependency({ name: 'redis:cache', critical: false });
    sms = new Dependency({ name: 'sms', critical: false, group: ['checkout', 'invites'] });
    keys = new Keys();
    const providers = [
      { provide: 'postgres', useValue: postgres },
      { provide: 'sms', useValue: sms },
      { provide: AdminAccess, useValue: keys },
    ];
    running = await startHealth(platform, options, { providers, imports: [cacheModule(cache)] });
  };
  const probe = (path: string, headers?: Record<string, string>) => running.probe(path, headers);
  const namesOf = async (path: string): Promise<string[]> =>
    Object.keys((await probe(path)).body['details'] as object).toSorted();

  afterEach(() => running.close());

  describe('groups', () => {
    it('have their own pages, defined by the options and by the checks', async () => {
      await start({ groups: { checkout: ['postgres'] } });
      expect(await namesOf('/health/checkout')).toEqual(['postgres', 'sms']);
      expect(await namesOf('/health/invites')).toEqual(['sms']);
      expect(await namesOf('/health')).toEqual(['postgres', 'redis:cache', 'sms']);
    });

    it('fail only for their critical checks, and do not affect readiness', async () => {
      await start({ groups: { checkout: ['postgres'] }, checks: { sms: { critical: true } } });
      sms.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/checkout')).status).toBe(503);
      // The check declares the groups checkout and invites, not ready.
      expect((await probe('/health/ready')).body).toEqual({ status: 'ok' });
    });

    it('ready has exactly the checks that the options list', async () => {
      await start({ groups: { ready: ['redis:cache'] } });
      postgres.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/ready')).body).toEqual({ status: 'ok' });
      cache.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/ready')).body).toEqual({ status: 'degraded' });
    });

    it('live has no checks unless the options add some', async () => {
      await start();
      postgres.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/live')).body).toEqual({ status: 'ok' });
      await running.close();
      await start({ groups: { live: ['postgres'] } });
      expect((await probe('/health/live')).status).toBe(200);
      postgres.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/live')).status).toBe(503);
    });

    it.each([
      ['/health/database', 'postgres'],
      ['/health/redis', 'redis:cache'],
    ])('%s is the page of a topic, and fails if any of its checks fails', async (path, name) => {
      await start();
      expect(await namesOf(path)).toEqual([name]);
      expect((await probe(path)).status).toBe(200);
      postgres.observe = () => DOWN;
      cache.observe = () => DOWN;
      await running.nextSample();
      const { status, body } = await probe(path);
      expect(status).toBe(503);
      expect(body).toMatchObject({ status: 'error', error: { [name]: { status: 'down' } } });
    });

    it.each(['/health/queues', '/health/memory', '/health/nothing', '/health/__proto__'])(
      '%s is not found if no check belongs to it',
      async (path) => {
        await start();
        expect((await probe(path)).status).toBe(404);
      },
    );

    it('/health/modules shows the combined health of each module', async () => {
      await start();
      cache.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health/modules')).body).toEqual({
        status: 'degraded',
        modules: {
          App: { status: 'up', checks: { postgres: 'up', sms: 'up' } },
          CacheModule: { status: 'degraded', checks: { 'redis:cache': 'down' } },
        },
      });
    });
  });

  describe('application/health+json', () => {
    const accept = { accept: 'application/health+json' };

    it('is sent on request, with the description of the service', async () => {
      const service = { serviceId: 'points', releaseId: '1f2e3d4' };
      await start({ service });
      postgres.observe = () => ({ status: 'up', observed: { waiting: 3 } });
      cache.observe = () => DOWN;
      await running.nextSample();
      const { status, headers, body } = await probe('/health', accept);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/health\+json/);
      const time = '2026-01-01T00:00:05.000Z';
      const took = { observedValue: 0, observedUnit: 'ms', time };
      const base = { componentId: 'postgres', status: 'pass', time };
      expect(body).toEqual({
        status: 'warn',
        notes: ['degraded'],
        ...service,
        checks: {
          'postgres:responseTime': [{ ...base, ...took }],
          'postgres:waiting': [{ ...base, observedValue: 3 }],
          'redis-cache:responseTime': [
            { componentId: 'redis:cache', status: 'warn', ...took, output: 'connection-refused' },
          ],
          'sms:responseTime': [{ componentId: 'sms', status: 'pass', ...took }],
        },
      });
    });

    it('uses pass, warn and fail with the same status codes as plain JSON', async () => {
      await start();
      const seen = async () => {
        const { status, body } = await probe('/health/ready', accept);
        return [status, body['status']];
      };
      expect(await seen()).toEqual([200, 'pass']);
      cache.observe = () => DOWN;
      await running.nextSample();
      expect(await seen()).toEqual([200, 'warn']);
      postgres.observe = () => DOWN;
      await running.nextSample();
      expect(await seen()).toEqual([503, 'fail']);
    });

    it('is not sent unless requested', async () => {
      await start();
      const { headers } = await probe('/health');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('retry-after')).toBeNull();
    });
  });

  it('a 503 has a Retry-After header', async () => {
    await start({ interval: '5s' });
    postgres.observe = () => DOWN;
    await running.nextSample();
    expect((await probe('/health/ready')).headers.get('retry-after')).toBe('5');
  });

  describe('details for authorized callers', () => {
    const authorization = 'Bearer viewer';

    it.each(['/health', '/health/redis', '/health/modules'])(
      '%s lists the checks to the role view, and shows everybody else only the status',
      async (path) => {
        await start({ details: 'authorized' });
        expect((await probe(path)).body).toEqual({ status: 'ok' });
        expect((await probe(path, { authorization: 'Bearer other' })).body).toEqual({
          status: 'ok',
        });
        expect(JSON.stringify((await probe(path, { authorization })).body)).toContain('redis');
        expect(new Set(keys.roles)).toEqual(new Set(['view']));
      },
    );

    it('the status code is the same for everybody', async () => {
      await start({ details: 'authorized' });
      postgres.observe = () => DOWN;
      await running.nextSample();
      expect((await probe('/health')).status).toBe(503);
      expect((await probe('/health', { authorization })).status).toBe(503);
    });

    it('pages for probes do not call AdminAccess', async () => {
      await start({ details: 'authorized' });
      for (const path of ['live', 'ready', 'startup']) await probe(`/health/${path}`);
      expect(keys.roles).toEqual([]);
    });

    it('an AdminAccess that throws or hangs does not break the page', async () => {
      await start({ details: 'authorized' });
      keys.answer = () => {
        throw new Error('no such key at secret-host:443');
      };
      expect((await probe('/health')).body).toEqual({ status: 'ok' });
      keys.answer = () => new Promise(() => undefined);
      const hanging = probe('/health');
      const given = (async () => {
        while (keys.roles.length < 2) await new Promise((done) => setImmediate(done));
        await running.clock.advance(500);
      })();
      expect((await hanging).body).toEqual({ status: 'ok' });
      await given;
    });

    it('nobody sees details that are never shown', async () => {
      await start({ details: 'never' });
      expect((await probe('/health', { authorization })).body).toEqual({ status: 'ok' });
    });
  });
});

function cacheModule(cache: Dependency): DynamicModule {
  class CacheModule {}
  Module({})(CacheModule);
  return { module: CacheModule, providers: [{ provide: 'cache', useValue: cache }] };
}

describe('the boot fails', () => {
  const boot = (
    options: HealthModuleOptions,
    declared: Partial<Dependency['healthCheck']> = {},
  ) => {
    const value = new Dependency({ name: 'postgres', critical: true, ...declared });
    const providers = [{ provide: 'postgres', useValue: value }];
    return PLATFORMS[0]!.create(
      healthApp({ memory: false, eventLoop: false, ...options }, { providers }),
    );
  };

  it.each<[HealthModuleOptions, string]>([
    [{ groups: { checkout: ['sms'] } }, "HealthModule.groups.checkout: got 'sms'; use the name of"],
    [{ groups: { modules: ['postgres'] } }, 'HealthModule.groups: got '],
    [{ groups: { 'No Page': ['postgres'] } }, 'HealthModule.groups: got '],
    [{ groups: { checkout: 'postgres' as never } }, 'HealthModule.groups.checkout: got '],
    [{ checks: { sms: { failures: 2 } } }, "HealthModule.checks: got 'sms'; use the name of"],
    [{ checks: { postgres: { failures: 0 } } }, 'HealthModule.checks.postgres.failures: got 0'],
    [{ successes: 21 }, 'HealthModule.successes: got 21'],
    [{ staleAfter: 1 }, 'HealthModule.staleAfter: got 1'],
    [{ port: 70_000 }, 'HealthModule.port: got 70000'],
    [{ memory: { degradedAt: 0.9, downAt: 0.5 } }, 'HealthModule.memory.downAt: got 0.5'],
    [{ details: 'authorized' }, "HealthModule.details: got 'authorized'; provide AdminAccess"],
  ])('with %j', async (options, message) => {
    await expect(boot(options)).rejects.toThrow(message);
  });

  it('with a check whose group cannot be a page', async () => {
    const refused = "healthCheck('postgres').group: got '../etc'";
    await expect(boot({}, { group: '../etc' })).rejects.toThrow(refused);
  });
});

it('shows details only to authorized callers in production by default', async () => {
  const { resolveHealthOptions } = await import('../health.options.js');
  const production = { NODE_ENV: 'production' };
  expect(resolveHealthOptions({}, production).details).toBe('authorized');
  expect(resolveHealthOptions({ details: 'always' }, production).details).toBe('always');
  expect(resolveHealthOptions({}, {}).details).toBe('always');
});
