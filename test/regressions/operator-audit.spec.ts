import { AdminAccess, AdminAccessError, type AdminRole } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { HealthModule } from '@loyalnest/health';
import { ProblemDetailsModule } from '@loyalnest/http';
import { LoggingModule, LogLevel, MetricsModule } from '@loyalnest/observability';
import { queue, QueueModule } from '@loyalnest/queue';
import { AdminCommands, QueueAdminModule } from '@loyalnest/queue/admin';
import { CircuitBreakerService, ResilienceModule } from '@loyalnest/resilience';
import { CircuitBroadcast, CircuitBroadcastModule } from '@loyalnest/resilience/redis';
import { eventually, RedisServer } from '@loyalnest/testing';
import { Logger, Module, RequestMethod, type INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';

type Line = Record<string, unknown>;

const lines: Line[] = [];
let isBroken = false;
/** Calls `probe` when the intent of a command is written. */
let probe = (_line: Line): void => undefined;
// nestjs-pino keeps one root logger per process, from the first application.
const destination = {
  write: (text: string) => {
    const line = JSON.parse(text) as Line;
    if (line['event'] === 'audit') {
      if (isBroken) throw new Error('disk full');
      if (line['phase'] === 'intent') probe(line);
    }
    lines.push(line);
  },
};

class TestAccess extends AdminAccess {
  async authorize(
    { headers }: { headers: Readonly<Record<string, string | string[] | undefined>> },
    role: AdminRole,
  ) {
    if (headers['authorization'] !== 'ada') throw new AdminAccessError('unauthenticated', role);
    return { name: 'ada', role: 'destroy' as const };
  }
}

@Module({ providers: [{ provide: AdminAccess, useClass: TestAccess }], exports: [AdminAccess] })
class AccessModule {}

let redis: RedisServer;
let client: Redis;
beforeAll(async () => {
  redis = await RedisServer.start();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client?.disconnect();
  await redis?.stop();
});

function appModule() {
  @Module({
    imports: [
      DiscoveryModule,
      CorrelationModule.forRoot({}),
      ProblemDetailsModule.forRoot({}),
      LoggingModule.forRootAsync({
        imports: [AccessModule],
        admin: true,
        useFactory: () => ({ service: 'shop', destination }),
      }),
      MetricsModule.forRoot({ service: 'shop' }),
      HealthModule.forRoot({}),
      ResilienceModule.forRootAsync({
        imports: [AccessModule],
        admin: true,
        useFactory: () => ({ environment: {} }),
      }),
      CircuitBroadcastModule.forRoot({ url: redis.url, channel: `circuits-${apps}` }),
      QueueModule.forRoot({ url: redis.url, prefix: 'bull', producerTimeout: '5s' }),
      QueueModule.forFeature(queue('points')),
      QueueAdminModule.register({ imports: [AccessModule] }),
    ],
  })
  class App {}
  return App;
}

interface Route {
  readonly method: string;
  readonly path: string;
}

let app: INestApplication;
let url: string;
/** A channel for each app: Redis may still count the subscription of the one before. */
let apps = 0;

beforeEach(async () => {
  apps++;
  isBroken = false;
  probe = () => undefined;
  await client.flushall();
  app = await NestFactory.create(appModule(), new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  await app.get(CircuitBreakerService).execute('sms', async () => 'sent');
  app.get(LogLevel).set('info');
  lines.length = 0;
});
afterEach(() => app.close());

const VALUES: Readonly<Record<string, string>> = {
  level: 'silent',
  name: 'sms',
  queue: 'points',
  id: 'job-1',
  taskId: '11111111-1111-4111-8111-111111111111',
};
const BODIES: Readonly<Record<string, object>> = {
  discard: { reason: 'a test' },
  edit: { payload: {}, revision: 'x' },
  redrives: { all: true },
};

/** Every route of every controller that is not only read. */
function changingRoutes(): readonly Route[] {
  const scanner = new MetadataScanner();
  const controllers = app.get(DiscoveryService, { strict: false }).getControllers();
  return controllers.flatMap(({ metatype, instance }) => {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    const base = Reflect.getMetadata(PATH_METADATA, metatype as object) as string;
    return scanner.getAllMethodNames(prototype).flatMap((name): Route[] => {
      const method = Reflect.getMetadata(METHOD_METADATA, prototype[name]!) as number | undefined;
      if (method === undefined || method === RequestMethod.GET) return [];
      const path = `/${base}/${Reflect.getMetadata(PATH_METADATA, prototype[name]!) as string}`;
      const filled = path.replace(/:(\w+)/g, (_all, parameter: string) => VALUES[parameter]!);
      return [
        { method: RequestMethod[method]!, path: filled.replaceAll(/\/+/g, '/').replace(/\/$/, '') },
      ];
    });
  });
}

const send = ({ method, path }: Route): Promise<Response> =>
  fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: 'ada',
      'content-type': 'application/json',
      'x-correlation-id': 'by-ada',
    },
    body: JSON.stringify(BODIES[path.split('/').at(-1)!] ?? {}),
  });

const state = async () => ({
  level: app.get(LogLevel).current,
  sms: app.get(CircuitBreakerService).getState('sms').state,
  paused: await client.hget('bull:points:meta', 'paused'),
});
const intentsInRedis = async (): Promise<number> =>
  (await client.xrange('bull:audit', '-', '+')).filter(([, [kind]]) => kind === 'intent').length;

it('finds the routes that change something', () => {
  const paths = changingRoutes().map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      '/debug/log-level/silent',
      '/debug/circuits/sms/open',
      '/debug/circuits/sms/close',
      '/debug/circuits/sms/reset',
      '/admin/queues/points/pause',
      '/admin/dead-letters/points/job-1/discard',
    ]),
  );
});

it('every command of an administrator is recorded before it acts', async () => {
  for (const route of changingRoutes()) {
    const before = { lines: lines.length, redis: await intentsInRedis() };
    app.get(LogLevel).set('silent');
    let atIntent: unknown;
    probe = () =>
      (atIntent = [
        app.get(LogLevel).current,
        app.get(CircuitBreakerService).getState('sms').state,
      ]);
    const [level, sms] = Object.values(await state());
    await (await send(route)).text();
    const intents = lines
      .slice(before.lines)
      .filter(({ event, phase }) => event === 'audit' && phase === 'intent');
    const stored = (await intentsInRedis()) - before.redis;
    // Queue commands are in the audit trail in Redis, the others in the log.
    expect([route.path, intents.length + stored]).toEqual([route.path, 1]);
    if (intents.length > 0) {
      expect(atIntent).toEqual([level, sms]);
      expect(intents[0]).toMatchObject({ by: 'ada', source: 'http', correlationId: 'by-ada' });
      expect(intents[0]).toHaveProperty('target');
    }
  }
});

it('no command runs if it cannot be recorded', async () => {
  await client.set('bull:audit', 'not a stream');
  isBroken = true;
  const before = await state();
  for (const route of changingRoutes()) {
    const answer = await send(route);
    expect([route.path, answer.status]).toEqual([route.path, 503]);
    expect(await answer.json()).toMatchObject({
      code: expect.stringMatching(/^(COMMAND_NOT_AUDITED|AUDIT_UNWRITABLE)$/),
    });
    expect(await state()).toEqual(before);
  }
});

it('a silent log still shows who silenced it, who opened a circuit and who paused a queue', async () => {
  await send({ method: 'POST', path: '/debug/log-level/silent' });
  await send({ method: 'POST', path: '/debug/circuits/sms/open' });
  await send({ method: 'POST', path: '/admin/queues/points/pause' });
  expect(await state()).toEqual({ level: 'silent', sms: 'forced-open', paused: '1' });
  const audit = lines.filter(({ event }) => event === 'audit');
  expect(audit).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        phase: 'intent',
        command: 'log-level',
        from: 'info',
        to: 'silent',
      }),
      expect.objectContaining({ phase: 'outcome', command: 'log-level', outcome: 'done' }),
      expect.objectContaining({ phase: 'intent', command: 'force-open', target: 'circuit sms' }),
      expect.objectContaining({ phase: 'outcome', command: 'force-open', outcome: 'done' }),
      expect.objectContaining({ command: 'pause', queue: 'points', by: 'ada', outcome: 'done' }),
    ]),
  );
});

it('a refused command has its outcome in the log', async () => {
  await send({ method: 'POST', path: '/debug/log-level/loud' });
  await send({ method: 'POST', path: '/debug/circuits/nothing/open' });
  expect(lines.filter(({ phase }) => phase === 'outcome')).toEqual([
    expect.objectContaining({ command: 'log-level', outcome: 'refused', error: 'INVALID_OPTION' }),
    expect.objectContaining({ command: 'force-open', outcome: 'refused' }),
  ]);
});

it('an instance records a command of another instance before it follows it', async () => {
  const other = await NestFactory.create(CircuitBroadcastModuleOnly(), new FastifyAdapter(), {
    logger: false,
  });
  await other.init();
  const command = { policy: 'sms', command: 'force-open', by: 'bob' } as const;
  await eventually(async () => (await other.get(CircuitBroadcast).command(command)).reached === 1);
  await eventually(() => app.get(CircuitBreakerService).getState('sms').state === 'forced-open');
  expect(lines).toContainEqual(
    expect.objectContaining({
      phase: 'intent',
      source: 'broadcast',
      by: 'bob',
      command: 'force-open',
    }),
  );
  await app.get(CircuitBroadcast).command({ ...command, command: 'close', by: 'eve' });
  isBroken = true;
  const refused = jest.spyOn(Logger.prototype, 'error').mockImplementation();
  await other.get(CircuitBroadcast).command(command);
  await eventually(() => refused.mock.calls.some(([text]) => /did not follow/.test(String(text))));
  expect(app.get(CircuitBreakerService).getState('sms').state).toBe('closed');
  refused.mockRestore();
  isBroken = false;
  await other.close();
});

function CircuitBroadcastModuleOnly() {
  @Module({
    imports: [
      ResilienceModule.forRoot({ environment: {} }),
      CircuitBroadcastModule.forRoot({ url: redis.url, channel: `circuits-${apps}` }),
    ],
  })
  class Other {}
  return Other;
}

it('every command on queues goes through the audit trail, whoever adds one', async () => {
  const refusing = { record: async () => Promise.reject(new Error('unwritable')) };
  const commands = new AdminCommands(refusing as never);
  const used: string[] = [];
  const touched = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, name) => {
        if (name === 'name') return 'points';
        return touched(`${path}.${String(name)}`);
      },
      apply: () => void used.push(path),
    });
  const names = Object.getOwnPropertyNames(AdminCommands.prototype).filter(
    (name) => !['constructor', 'audited'].includes(name),
  );
  expect(names.length).toBeGreaterThanOrEqual(9);
  for (const name of names) {
    const method = (commands as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!;
    const actor = { by: 'ada', source: 'cli' };
    const call = method.call(commands, touched('admin'), actor, { all: true }, 'reason');
    await expect(call).rejects.toThrow('unwritable');
  }
  expect(used).toEqual([]);
});
