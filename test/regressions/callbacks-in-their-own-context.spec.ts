import {
  CHECK_HEALTH,
  currentContext,
  Deadline as CallDeadline,
  ON_SHUTDOWN,
  runInContext,
  type HealthContributor,
  type HealthObservation,
  type ShutdownListener,
} from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { isShutdownListener } from '@loyalnest/core/toolkit';
import { CorrelationModule } from '@loyalnest/correlation';
import { HealthModule } from '@loyalnest/health';
import { RequestDeadlineModule } from '@loyalnest/http';
import {
  CircuitBreaker,
  circuitStateChanged,
  currentSignal,
  Deadline,
  Hedge,
  ResilienceModule,
  ResilienceRegistry,
  SingleFlight,
  Timeout,
} from '@loyalnest/resilience';
import { Database, type PostgresModuleOptions } from '@loyalnest/service-defaults';
import { eventually, forEachPlatform, PostgresServer, RedisServer } from '@loyalnest/testing';
import { createThrottlingStorage, storageChanged } from '@loyalnest/throttling';
import {
  Catch,
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  Req,
  type ArgumentsHost,
  type INestApplicationContext,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer, NestFactory } from '@nestjs/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { get, type IncomingMessage } from 'node:http';

/** Stands for the storage of another library, such as a tracer. */
const other = new AsyncLocalStorage<string>();
const MERCHANTS = ['acme', 'bolt', 'crux'] as const;

const as = <T>(merchantId: string, task: () => T, context = {}): T =>
  other.run(merchantId, () =>
    runInContext({ correlationId: merchantId, merchantId, ...context }, task),
  );
const whose = (): string => {
  const merchant = currentContext()?.merchantId ?? 'nobody';
  return other.getStore() === currentContext()?.merchantId ? merchant : `${merchant}, but not all`;
};
const immediate = (): Promise<void> => new Promise((done) => setImmediate(done));

const apps: INestApplicationContext[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function start(provider: new () => unknown) {
  const clock = new FakeClock();
  @Module({ imports: [ResilienceModule.forRoot({ clock })], providers: [provider] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  apps.push(app);
  return { app, clock, circuits: app.get(ResilienceRegistry) };
}

describe('abort listeners of calls that end together', () => {
  const aborted: string[][] = [];
  beforeEach(() => void aborted.splice(0));

  const hang = (merchant: string): Promise<never> => {
    currentSignal()!.addEventListener('abort', () => aborted.push([merchant, whose()]));
    return new Promise(() => {});
  };
  const each = MERCHANTS.map((merchant) => [merchant, merchant]);

  it.each([
    ['@Timeout', Timeout('1s'), {}],
    ['@Deadline', Deadline('1s'), {}],
    ["the caller's deadline under @Timeout", Timeout('5s'), { callers: 1_000 }],
  ])('%s', async (_title, decorate, { callers }: { callers?: number }) => {
    @Injectable()
    class Client {
      @(decorate as MethodDecorator)
      call(merchant: string): Promise<void> {
        return hang(merchant);
      }
    }
    const { app, clock } = await start(Client);
    const client = app.get(Client);
    const calls = MERCHANTS.map((merchant) => {
      const deadline = callers === undefined ? undefined : CallDeadline.after(callers, clock);
      return as(merchant, () => client.call(merchant).catch(() => {}), { deadline });
    });
    await clock.advance(1_000);
    await immediate();
    await Promise.all(calls);
    expect(aborted).toEqual(each);
  });

  it('a call whose caller aborts from another context', async () => {
    @Injectable()
    class Client {
      @Timeout('1s')
      call(merchant: string): Promise<void> {
        return hang(merchant);
      }
    }
    const { app } = await start(Client);
    const callers = new AbortController();
    const calls = MERCHANTS.map((merchant) =>
      as(
        merchant,
        () =>
          app
            .get(Client)
            .call(merchant)
            .catch(() => {}),
        {
          signal: callers.signal,
        },
      ),
    );
    as('dora', () => callers.abort());
    await Promise.all(calls);
    expect(aborted).toEqual(each);
  });

  it('shared work keeps the context of the call that started it', async () => {
    @Injectable()
    class Client {
      @SingleFlight({ scope: 'shared' })
      call(): Promise<void> {
        return hang(currentContext()!.merchantId!);
      }
    }
    const { app } = await start(Client);
    const callers = MERCHANTS.map(() => new AbortController());
    const calls = MERCHANTS.map((merchant, i) =>
      as(
        merchant,
        () =>
          app
            .get(Client)
            .call()
            .catch(() => {}),
        { signal: callers[i]!.signal },
      ),
    );
    MERCHANTS.forEach((merchant, i) => as(merchant, () => callers[i]!.abort()));
    await Promise.all(calls);
    expect(aborted).toEqual([['acme', 'acme']]);
  });

  it('a hedge that lost', async () => {
    const settles: (() => void)[] = [];
    @Injectable()
    class Client {
      @Hedge({ idempotent: true, delay: '10ms' })
      call(merchant: string): Promise<void> {
        void hang(merchant);
        return new Promise((resolve) => settles.push(resolve));
      }
    }
    const { app, clock } = await start(Client);
    const calls = MERCHANTS.map((merchant) => as(merchant, () => app.get(Client).call(merchant)));
    await clock.advance(10);
    expect(settles).toHaveLength(6);
    as('dora', () => settles.slice(3).forEach((settle) => settle()));
    await Promise.all(calls);
    expect(aborted).toEqual(each);
  });
});

describe('what belongs to the process', () => {
  it('changes of a circuit are published in no context, whoever causes them', async () => {
    let fails = true;
    @Injectable()
    class Client {
      @CircuitBreaker({ name: 'sms', minimumCalls: 1, openFor: '1s' })
      async call(): Promise<void> {
        if (fails) throw new Error('down');
      }
    }
    const { app, clock, circuits } = await start(Client);
    const circuit = circuits.get('sms')!;
    const log: string[][] = [];
    const end = circuitStateChanged.subscribe(({ to }) => log.push([to, whose()]));
    for (const event of ['open', 'halfOpen', 'close']) {
      circuit.opossum.on(event as 'open', () => log.push([`opossum ${event}`, whose()]));
    }
    circuit.opossum.on('failure', () => log.push(['failure', whose()]));
    await as('acme', () =>
      app
        .get(Client)
        .call()
        .catch(() => {}),
    );
    await clock.advance(1_000);
    fails = false;
    await as('bolt', () => app.get(Client).call());
    as('crux', () => circuit.force('forced-open'));
    end();
    expect(log).toEqual([
      ['open', 'nobody'],
      ['opossum open', 'nobody'],
      ['failure', 'acme'],
      ['half-open', 'nobody'],
      ['opossum halfOpen', 'nobody'],
      ['closed', 'nobody'],
      ['opossum close', 'nobody'],
      ['opossum open', 'nobody'],
      ['forced-open', 'nobody'],
    ]);
  });

  it("a circuit's reset timer does not hold on to the request that opened it", async () => {
    @Injectable()
    class Client {
      @CircuitBreaker({ name: 'sms', minimumCalls: 1, openFor: '20ms' })
      async call(): Promise<void> {
        throw new Error('down');
      }
    }
    @Module({ imports: [ResilienceModule.forRoot({})], providers: [Client] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    apps.push(app);
    const halfOpened = new Promise<string>((resolve) => {
      const end = circuitStateChanged.subscribe(({ to }) => {
        if (to !== 'half-open') return;
        end();
        resolve(whose());
      });
    });
    await as('acme', () =>
      app
        .get(Client)
        .call()
        .catch(() => {}),
    );
    await expect(halfOpened).resolves.toBe('nobody');
  });

  it('the storage of limits leaves Redis and comes back in no context', async () => {
    const redis = await RedisServer.start();
    const log: string[][] = [];
    const lines: string[] = [];
    const note = (): void => void lines.push(whose());
    Logger.overrideLogger({ log: note, warn: note, error: note });
    const end = storageChanged.subscribe(({ state }) => log.push([state, whose()]));
    const storage = (await as('acme', () =>
      createThrottlingStorage({ url: redis.url }),
    )) as Awaited<ReturnType<typeof createThrottlingStorage>> & {
      onModuleInit(): Promise<void>;
      onApplicationShutdown(): void;
    };
    await as('acme', () => storage.onModuleInit());
    redis.pause();
    const rate = { limit: 5, perMs: 1_000, burst: 5, intervalUs: 200_000, capacityUs: 1_000_000 };
    const takes = MERCHANTS.map((merchant) =>
      as(merchant, async () => {
        await storage.take([{ key: merchant, rate }]);
        return [merchant, whose()];
      }),
    );
    await expect(Promise.all(takes)).resolves.toEqual(MERCHANTS.map((name) => [name, name]));
    redis.resume();
    await eventually(() => log.length === 2);
    end();
    expect(log).toEqual([
      ['away', 'nobody'],
      ['back', 'nobody'],
    ]);
    expect(new Set(lines)).toEqual(new Set(['nobody']));
    storage.onApplicationShutdown();
    Logger.overrideLogger(false);
    await redis.stop();
  });

  it('a connection of the pool that a request opened is lost in no context', async () => {
    const postgres = await PostgresServer.start({ durable: false });
    const lines: string[] = [];
    const note = (): void => void lines.push(whose());
    Logger.overrideLogger({ log: note, warn: note, error: note });
    const url = await postgres.createDatabase('contexts');
    const database = new Database({ url, migrations: '' } as PostgresModuleOptions);
    await as('acme', () => database.sql.query('select 1'));
    await postgres.kill();
    await eventually(() => lines.length > 0);
    expect(lines).toEqual(['nobody']);
    Logger.overrideLogger(false);
    await database.onApplicationShutdown();
    await postgres.stop();
  });

  it('health checks run in no context, even if a request boots the application', async () => {
    const clock = new FakeClock();
    const log: string[] = [];
    @Injectable()
    class Checked implements HealthContributor {
      readonly healthCheck = { name: 'checked', critical: true };

      async [CHECK_HEALTH](): Promise<HealthObservation> {
        log.push(whose());
        return { status: 'up' };
      }
    }
    @Module({ imports: [HealthModule.forRoot({ clock })], providers: [Checked] })
    class App {}
    const app = await as('acme', async () => {
      const created = await NestFactory.create(App, { logger: false });
      return created.init();
    });
    apps.push(app);
    await clock.advance(20_000);
    expect(log.length).toBeGreaterThan(2);
    expect(new Set(log)).toEqual(new Set(['nobody']));
  });
});

forEachPlatform((platform) => {
  const log: string[][] = [];
  const open: (() => void)[] = [];
  beforeEach(() => void log.splice(0));

  @Controller()
  class Routes {
    @Get('hang')
    hang(@Req() request: { headers: IncomingMessage['headers'] }): Promise<void> {
      const name = String(request.headers['x-merchant-id']);
      const { signal, drainSignal } = currentContext()!;
      signal!.addEventListener('abort', () =>
        log.push(['work', name, currentContext()?.merchantId ?? 'nobody']),
      );
      drainSignal!.addEventListener('abort', () =>
        log.push(['drain', name, currentContext()?.merchantId ?? 'nobody']),
      );
      return new Promise((resolve) => open.push(resolve));
    }
  }

  @Catch()
  class Filter {
    constructor(private readonly host: HttpAdapterHost) {}
    catch(error: { code: string }, host: ArgumentsHost): void {
      log.push([error.code, currentContext()?.merchantId ?? 'nobody']);
      this.host.httpAdapter.reply(host.switchToHttp().getResponse(), 'late', 504);
    }
  }

  const launch = (clock?: FakeClock) => {
    @Module({
      imports: [
        CorrelationModule.forRoot({
          trustIdentity: true,
          ...(clock && { clock, defaultTimeout: '1s' }),
        }),
        RequestDeadlineModule.forRoot({ ...(clock && { clock }) }),
      ],
      controllers: [Routes],
    })
    class App {}
    return platform.create(App, {
      configure: (app) => void app.useGlobalFilters(new Filter(app.get(HttpAdapterHost))),
    });
  };
  const send = (url: string, merchant: string) => {
    const request = get(`${url}/hang`, { headers: { 'x-merchant-id': merchant }, agent: false });
    const status = new Promise<number | undefined>((resolve) => {
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', () => resolve(undefined));
    });
    return { request, status };
  };
  const waiting = (n: number) => eventually(() => open.length === n);
  afterEach(() => open.splice(0).forEach((end) => end()));

  it('a shutdown and a lost client abort each request in its own context', async () => {
    const { app, url, close } = await launch();
    const requests = [];
    for (const [i, merchant] of MERCHANTS.entries()) {
      requests.push(send(url, merchant));
      await waiting(i + 1);
    }
    const providers = [...app.get(ModulesContainer).values()].flatMap((module) => [
      ...module.providers.values(),
    ]);
    const binder = providers
      .map(({ instance }) => instance as unknown)
      .find((instance): instance is ShutdownListener => isShutdownListener(instance))!;
    as('dora', () => binder[ON_SHUTDOWN]('draining'));
    requests[0]!.request.destroy();
    await eventually(() => log.some(([kind]) => kind === 'work'));
    as('dora', () => binder[ON_SHUTDOWN]('cancelling'));
    expect(log).toEqual([
      ...MERCHANTS.map((name) => ['drain', name, name]),
      ...MERCHANTS.map((name) => ['work', name, name]),
    ]);
    open.splice(0).forEach((end) => end());
    await Promise.all(requests.map(({ status }) => status));
    await close();
  });

  it('requests whose deadlines pass together are answered in their own contexts', async () => {
    const clock = new FakeClock();
    const { url, close } = await launch(clock);
    const requests = [];
    for (const [i, merchant] of MERCHANTS.entries()) {
      requests.push(send(url, merchant));
      await waiting(i + 1);
    }
    await clock.advance(1_000);
    expect(await Promise.all(requests.map(({ status }) => status))).toEqual([504, 504, 504]);
    expect(log.filter(([kind]) => kind === 'DEADLINE_EXCEEDED')).toEqual(
      MERCHANTS.map((name) => ['DEADLINE_EXCEEDED', name]),
    );
    await close();
  });
});
