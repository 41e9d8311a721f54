import {
  CONTEXT_HEADERS,
  currentContext,
  Deadline,
  runInContext,
  SystemClock,
} from '@loyalnest/core';
import { eventually, freePort, RedisServer } from '@loyalnest/testing';
import { Controller, Inject, Module, UseGuards, type CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientsModule,
  EventPattern,
  KafkaContext,
  MessagePattern,
  MqttContext,
  NatsContext,
  RmqContext,
  TcpContext,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { firstValueFrom, Observable } from 'rxjs';
import { CorrelationModule, type CorrelationModuleOptions } from '../index.js';
import { rpcHeaders } from './rpc-headers.js';

const POINTS = Symbol('points');
const seen: Record<string, unknown>[] = [];

const note = (where: string): void => {
  const { correlationId, merchantId, deadline } = currentContext() ?? {};
  seen.push({ where, correlationId, merchantId, remainingMs: deadline?.remainingMs });
};

class NotingGuard implements CanActivate {
  canActivate(): boolean {
    note('guard');
    return true;
  }
}

@Controller()
class PointsController {
  @UseGuards(NotingGuard)
  @MessagePattern('balance')
  async balance(): Promise<string | undefined> {
    await new Promise((resolve) => setImmediate(resolve));
    note('handler');
    return currentContext()?.correlationId;
  }

  @MessagePattern('stream')
  stream(): Observable<string | undefined> {
    return new Observable((subscriber) => {
      subscriber.next(currentContext()?.correlationId);
      subscriber.complete();
    });
  }

  @EventPattern('earned')
  first(_data: unknown): void {
    note('first listener');
  }

  @EventPattern('earned')
  second(_data: unknown): void {
    note('second listener');
  }
}

interface Running {
  readonly client: ClientProxy;
  close(): Promise<void>;
}

const TRANSPORTS: readonly (readonly [string, () => Promise<MicroserviceOptions>])[] = [
  [
    'TCP',
    async () => ({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    }),
  ],
  [
    'Redis',
    async () => ({
      transport: Transport.REDIS,
      options: { host: '127.0.0.1', port: Number(new URL(redis.url).port) },
    }),
  ],
];

let redis: RedisServer;
let running: Running;

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(() => {
  seen.length = 0;
});

/** An application that handles messages as well as HTTP, with a client for it. */
async function start(
  transport: MicroserviceOptions,
  options: CorrelationModuleOptions = {},
): Promise<Running> {
  @Module({
    imports: [
      CorrelationModule.forRoot(options),
      ClientsModule.register([{ name: POINTS, ...(transport as { transport: Transport.TCP }) }]),
    ],
    controllers: [PointsController],
  })
  class App {
    constructor(@Inject(POINTS) readonly client: ClientProxy) {}
  }
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  app.connectMicroservice(transport);
  await app.startAllMicroservices();
  await app.init();
  return { client: app.get<ClientProxy>(POINTS), close: () => app.close() };
}

const ask = (pattern: string): Promise<unknown> =>
  firstValueFrom(running.client.send<unknown>(pattern, {}));

describe.each(TRANSPORTS)('a message over %s', (_name, transport) => {
  afterEach(() => running.close());

  it("has the sender's context from the first guard on", async () => {
    running = await start(await transport(), { trustIdentity: true });
    const deadline = Deadline.after(5_000, new SystemClock());
    const context = { correlationId: 'order-7', merchantId: 'acme', deadline };
    expect(await runInContext(context, () => ask('balance'))).toBe('order-7');
    expect(seen).toMatchObject([
      { where: 'guard', correlationId: 'order-7', merchantId: 'acme' },
      { where: 'handler', correlationId: 'order-7', merchantId: 'acme' },
    ]);
    for (const { remainingMs } of seen) {
      expect(remainingMs).toBeGreaterThan(0);
      expect(remainingMs).toBeLessThanOrEqual(5_000);
    }
  });

  it('keeps the context while a response is streamed', async () => {
    running = await start(await transport());
    expect(await runInContext({ correlationId: 'order-8' }, () => ask('stream'))).toBe('order-8');
  });

  it('passes the context to every listener of an event', async () => {
    running = await start(await transport());
    await runInContext({ correlationId: 'order-9' }, () =>
      firstValueFrom(running.client.emit('earned', {}), { defaultValue: undefined }),
    );
    await eventually(() => seen.length === 2);
    expect(seen.map(({ where, correlationId }) => [where, correlationId])).toEqual([
      ['first listener', 'order-9'],
      ['second listener', 'order-9'],
    ]);
  });

  it('gets a context with a new id if the sender has none', async () => {
    running = await start(await transport());
    const ids = await Promise.all([ask('balance'), ask('balance')]);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['empty', ''],
    ['two words', 'two words'],
    ['two lines', 'order-7\nlevel=info'],
    ['markup', '<script>'],
    ['257 characters long', 'x'.repeat(257)],
  ])('gets a new id if the sent one is %s', async (_what, hostile) => {
    running = await start(await transport(), { trustIdentity: true });
    const { correlationId, merchantId, userId } = CONTEXT_HEADERS;
    running.client.setOnDispatchHook((packet) => {
      packet.metadata = { [correlationId]: hostile, [merchantId]: hostile, [userId]: hostile };
    });
    expect(await ask('balance')).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[0]).toMatchObject({ merchantId: undefined });
  });

  it.each(['auth0|5f7c8ec7', 'gid://shopify/Shop/1', 'ada@example.com', '株式会社', '50%25'])(
    'has the merchant and the user that the sender has: %s',
    async (id) => {
      running = await start(await transport(), { trustIdentity: true });
      await runInContext({ correlationId: 'c', merchantId: id, userId: id }, () => ask('balance'));
      expect(seen[0]).toMatchObject({ merchantId: id });
    },
  );

  it('never gets the context of another message that is handled at the same time', async () => {
    running = await start(await transport());
    const ids = Array.from({ length: 50 }, (_, i) => `order-${i}`);
    const answers = ids.map((correlationId) =>
      runInContext({ correlationId }, () => ask('balance')),
    );
    expect(await Promise.all(answers)).toEqual(ids);
  });

  it('starts a new context if inbound headers are not trusted', async () => {
    running = await start(await transport(), { trustInbound: false });
    const deadline = Deadline.after(5_000, new SystemClock());
    const context = { correlationId: 'order-7', deadline };
    expect(await runInContext(context, () => ask('balance'))).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[0]).toMatchObject({ remainingMs: undefined });
  });

  it("gets the service's deadline and never a later one", async () => {
    running = await start(await transport(), { defaultTimeout: '1s' });
    const deadline = Deadline.after(5_000, new SystemClock());
    await runInContext({ correlationId: 'order-7', deadline }, () => ask('balance'));
    await ask('balance');
    expect(seen).toHaveLength(4);
    for (const { remainingMs } of seen) expect(remainingMs).toBeLessThanOrEqual(1_000);
  });

  it('does not set the merchant unless the sender is trusted', async () => {
    running = await start(await transport());
    await runInContext({ correlationId: 'order-7', merchantId: 'acme' }, () => ask('balance'));
    expect(seen[0]).toMatchObject({ correlationId: 'order-7', merchantId: undefined });
  });
});

describe('rpcHeaders', () => {
  const HEADERS = { 'X-Correlation-Id': 'order-7' };
  const READ = { 'x-correlation-id': 'order-7' };

  it.each([
    ['TCP', new TcpContext([undefined as never, 'p', HEADERS])],
    ['NATS', new NatsContext(['p', new Headers(HEADERS)])],
    [
      'NATS, many values',
      new NatsContext(['p', new Map([['X-Correlation-Id', ['order-7', 'b']]])]),
    ],
    [
      'Kafka',
      new KafkaContext([{ headers: { 'X-Correlation-Id': Buffer.from('order-7') } }] as never),
    ],
    ['RabbitMQ', new RmqContext([{ properties: { headers: HEADERS } }, undefined, 'p'])],
    ['MQTT', new MqttContext(['p', { properties: { userProperties: HEADERS } }])],
    ['gRPC', { metadata: { getMap: () => HEADERS } }],
  ])('reads the headers of %s', (_transport, context) => {
    expect(rpcHeaders(context)).toEqual(READ);
  });

  it.each([
    ['nothing', undefined],
    ['an unknown transport', { anything: 1 }],
    ['NATS without headers', new NatsContext(['p', undefined])],
    ['RabbitMQ without headers', new RmqContext([{ properties: {} }, undefined, 'p'])],
    ['MQTT 3', new MqttContext(['p', {}])],
    ['values that are not text', new TcpContext([undefined as never, 'p', { a: 7 as never }])],
  ])('finds no headers in %s', (_case, context) => {
    expect(rpcHeaders(context)).toEqual({});
  });
});
