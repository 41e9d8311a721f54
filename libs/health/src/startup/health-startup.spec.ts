import { eventually, forEachPlatform, PLATFORMS } from '@loyalnest/testing';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Dependency } from '../../test/health-app.js';
import { healthApp, startHealth, type RunningHealth } from '../../test/running-health.js';
import { HealthStartup, type HealthModuleOptions, type StartupCondition } from '../index.js';

let conditions: readonly StartupCondition[] = [];

@Injectable()
class PriceList implements OnModuleInit {
  constructor(private readonly startup: HealthStartup) {}
  onModuleInit(): void {
    this.startup.waitFor(...conditions);
  }
}

afterEach(() => jest.restoreAllMocks());

forEachPlatform((platform) => {
  let running: RunningHealth;
  let postgres: Dependency;

  const start = async (
    waited: readonly StartupCondition[],
    options: HealthModuleOptions = {},
  ): Promise<void> => {
    conditions = waited;
    postgres = new Dependency({ name: 'postgres', critical: false });
    postgres.observe = () => ({ status: 'down' });
    const providers = [PriceList, { provide: 'postgres', useValue: postgres }];
    running = await startHealth(platform, options, { providers });
  };
  const codes = async (): Promise<number[]> => {
    const pages = ['startup', 'ready', 'live'].map((page) => running.probe(`/health/${page}`));
    return (await Promise.all(pages)).map(({ status }) => status);
  };

  afterEach(() => running.close());

  it('is complete at once if there is nothing to wait for', async () => {
    await start([]);
    expect(await codes()).toEqual([200, 200, 200]);
  });

  it('delays startup and readiness until every promise resolves', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await start([first.promise, { name: 'price-list', done: second.promise }]);
    const { body } = await running.probe('/health/startup');
    expect(body).toEqual({
      status: 'starting',
      error: {
        'task-1': { status: 'down', code: 'waiting' },
        'price-list': { status: 'down', code: 'waiting' },
      },
    });
    expect(await codes()).toEqual([503, 503, 200]);
    first.resolve();
    await running.nextSample();
    expect(await codes()).toEqual([503, 503, 200]);
    second.resolve();
    await eventually(async () => expect(await codes()).toEqual([200, 200, 200]));
  });

  it.each<[string, readonly StartupCondition[], HealthModuleOptions]>([
    ['waitFor', ['postgres'], {}],
    ['the group startup', [], { groups: { startup: ['postgres'] } }],
  ])('waits until a check has been up once, set by %s', async (_how, waited, options) => {
    await start(waited, options);
    expect(await codes()).toEqual([503, 503, 200]);
    postgres.observe = () => ({ status: 'up' });
    await running.nextSample();
    expect(await codes()).toEqual([200, 200, 200]);
    // A check that is down later affects readiness, not startup.
    postgres.observe = () => ({ status: 'down' });
    await running.nextSample();
    expect(await codes()).toEqual([200, 200, 200]);
  });

  it('reports a failed task with its code and a log line, and the service never becomes ready', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const failure = Object.assign(new Error('no route to secret-host:80'), {
      code: 'EHOSTUNREACH',
    });
    const failing = Promise.withResolvers<void>();
    await start([{ name: 'price-list', done: failing.promise }]);
    failing.reject(failure);
    await eventually(async () =>
      expect((await running.probe('/health/startup')).body).toEqual({
        status: 'error',
        error: { 'price-list': { status: 'down', code: 'unreachable' } },
      }),
    );
    await running.nextSample();
    expect(await codes()).toEqual([503, 503, 200]);
    const lines = error.mock.calls.filter(([text]) => String(text).includes('price-list'));
    expect(lines).toEqual([[expect.stringContaining('no route to secret-host:80')]]);
  });

  it('waits again for conditions that are added later', async () => {
    await start([]);
    const later = Promise.withResolvers<void>();
    running.app.get(HealthStartup).waitFor(later.promise);
    expect(await codes()).toEqual([503, 503, 200]);
    later.resolve();
    await eventually(async () => expect(await codes()).toEqual([200, 200, 200]));
  });

  it('shows only the status to callers who may not see details', async () => {
    await start([new Promise(() => undefined)], { details: 'never' });
    expect((await running.probe('/health/startup')).body).toEqual({ status: 'starting' });
  });
});

describe('refuses', () => {
  const boot = (waited: readonly StartupCondition[]) => {
    conditions = waited;
    return PLATFORMS[0]!.create(
      healthApp({ memory: false, eventLoop: false }, { providers: [PriceList] }),
    );
  };

  it('a check that does not exist, at boot and later', async () => {
    const refused = "startup.waitFor: got 'redis'; use the name of a check; known checks: none";
    await expect(boot(['redis'])).rejects.toThrow(refused);
    const { app, close } = await boot([]);
    expect(() => app.get(HealthStartup).waitFor('redis')).toThrow(refused);
    await close();
  });

  it('two tasks with one name', async () => {
    const task = { name: 'load', done: Promise.resolve() };
    await expect(boot([task, task])).rejects.toThrow("startup.waitFor: got 'load'");
  });
});
