import { ProblemDetailsModule } from '@loyalnest/http';
import { eventually, freePort, PLATFORMS, type RunningApp } from '@loyalnest/testing';
import {
  ThrottlingGuard,
  ThrottlingModule,
  type ThrottlingLimitDetail,
  type ThrottlingStorage,
} from '@loyalnest/throttling';
import {
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  UseGuards,
  type DynamicModule,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { GqlExecutionContext, GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import {
  ClientProxyFactory,
  MessagePattern,
  Transport,
  type TcpClientOptions,
} from '@nestjs/microservices';
import {
  getStorageToken,
  SkipThrottle,
  Throttle,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { SOCKET_PLATFORMS, type SocketClient } from './web-socket-client.js';

const IP = { name: 'ip', by: 'ip', limit: 2, per: '1m' } as const;

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('limited')
  limited(): object {
    return { event: 'answer', data: {} };
  }

  @SkipThrottle()
  @SubscribeMessage('free')
  free(): object {
    return { event: 'answer', data: {} };
  }

  @Throttle({ ip: { limit: 1, ttl: 60_000 } })
  @SubscribeMessage('rare')
  rare(): object {
    return { event: 'answer', data: {} };
  }
}

@Resolver()
class Resolvers {
  @Query(() => String)
  limited(): string {
    return 'answer';
  }

  @SkipThrottle()
  @Query(() => String)
  free(): string {
    return 'answer';
  }
}

@Controller()
class Handlers {
  @Get('limited')
  limited(): string {
    return 'answer';
  }

  @MessagePattern('limited')
  message(_data: unknown): string {
    return 'answer';
  }
}

const [express, fastify] = [...PLATFORMS].sort((a, b) => a.name.localeCompare(b.name));

function appWith(
  throttling: DynamicModule,
  parts: { providers?: Type[]; controllers?: Type[]; imports?: DynamicModule[] },
): Type {
  @Module({
    ...parts,
    imports: [throttling, ProblemDetailsModule.forRoot({}), ...(parts.imports ?? [])],
  })
  class App {}
  return App;
}

const apps: RunningApp[] = [];
const clients: SocketClient[] = [];
let warnings: string[];
beforeEach(() => {
  warnings = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
    warnings.push(line);
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  clients.splice(0).forEach((client) => client.close());
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const graphql = (): DynamicModule =>
  GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    // Its cache is an ESM import, which Jest cannot load.
    cache: false,
  });

interface GraphqlAnswer {
  readonly headers: Headers;
  readonly codes: readonly unknown[];
  readonly messages: readonly string[];
}

async function query(url: string, text: string): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  });
  const { errors = [] } = (await response.json()) as {
    errors?: { message: string; extensions?: { code?: unknown } }[];
  };
  return {
    headers: response.headers,
    codes: errors.map(({ extensions }) => extensions?.code),
    messages: errors.map(({ message }) => message),
  };
}

async function sendMessage(client: SocketClient, event: string): Promise<unknown> {
  client.received.splice(0);
  client.send(event, '');
  await eventually(() => client.received.length > 0);
  const { event: answer, data } = client.received[0]!;
  return answer === 'exception' ? data['code'] : answer;
}

describe.each(SOCKET_PLATFORMS.map((sockets) => [sockets.name, sockets] as const))(
  'messages of %s',
  (_name, sockets) => {
    const startWith = async (throttling: DynamicModule, gateway: Type = Gateway) => {
      const app = await express!.create(appWith(throttling, { providers: [gateway] }), {
        configure: (created) => void created.useWebSocketAdapter(sockets.adapter(created)),
      });
      apps.push(app);
      return async (headers?: Record<string, string>) => {
        const client = await sockets.connect(app.url, headers);
        clients.push(client);
        return client;
      };
    };

    it('are limited, and answered with the event `exception`', async () => {
      const connect = await startWith(ThrottlingModule.forRoot({ limits: [IP] }));
      const client = await connect();
      expect(await sendMessage(client, 'limited')).toBe('answer');
      expect(await sendMessage(client, 'limited')).toBe('answer');
      expect(await sendMessage(client, 'limited')).toBe('REQUEST_THROTTLED');
      expect(client.received[0]!.data).toMatchObject({
        category: 'rate-limited',
        retryable: true,
        retryAfterMs: expect.any(Number),
      });
      expect(await sendMessage(client, 'free')).toBe('answer');
      expect(await sendMessage(client, 'rare')).toBe('answer');
      expect(await sendMessage(client, 'rare')).toBe('REQUEST_THROTTLED');
    });

    it('count for the address that a trusted proxy named in the handshake', async () => {
      const connect = await startWith(ThrottlingModule.forRoot({ limits: [IP], trustProxy: 1 }));
      const [one, two] = [
        await connect({ 'x-forwarded-for': '203.0.113.1' }),
        await connect({ 'x-forwarded-for': '203.0.113.2' }),
      ];
      for (const expected of ['answer', 'answer', 'REQUEST_THROTTLED']) {
        expect(await sendMessage(one, 'limited')).toBe(expected);
      }
      expect(await sendMessage(two, 'limited')).toBe('answer');
    });

    it('use the hooks of a guard as in the documentation of Nest', async () => {
      const keys: string[] = [];
      @Injectable()
      class WsThrottlingGuard extends ThrottlingGuard {
        override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
          const { context, limit, ttl, throttler, blockDuration, generateKey } = request;
          const tracker = 'everybody';
          const name = throttler.name!;
          const key = generateKey(context, tracker, name);
          keys.push(key);
          const record = await this.storageService.increment(key, ttl, limit, blockDuration, name);
          if (record.isBlocked) {
            const detail = { limit, ttl, key, tracker, name, retryAfterMs: 1_000, ...record };
            await this.throwThrottlingException(context, detail);
          }
          return true;
        }

        override generateKey(_context: ExecutionContext, client: string, name: string): string {
          return `own-${name}-${client}`;
        }

        protected override async getErrorMessage(
          _context: ExecutionContext,
          { limit }: ThrottlerLimitDetail,
        ): Promise<string> {
          return `only ${limit} messages`;
        }
      }
      const connect = await startWith(
        ThrottlingModule.forRoot({ limits: [IP], guard: WsThrottlingGuard }),
      );
      const client = await connect();
      for (const expected of ['answer', 'answer', 'REQUEST_THROTTLED']) {
        expect(await sendMessage(client, 'limited')).toBe(expected);
      }
      expect(client.received[0]!.data).toMatchObject({ message: 'only 2 messages' });
      expect(keys).toEqual(Array(3).fill('own-ip-everybody'));
    });
  },
);

it('a WebSocket server of its own, behind a proxy, is not limited without a word', async () => {
  const port = await freePort();
  @WebSocketGateway(port)
  class OwnServer {
    @SubscribeMessage('limited')
    limited(): object {
      return { event: 'answer', data: {} };
    }
  }
  const sockets = SOCKET_PLATFORMS[0]!;
  const throttling = ThrottlingModule.forRoot({ limits: [IP], trustProxy: 1 });
  const app = await express!.create(appWith(throttling, { providers: [OwnServer] }), {
    configure: (created) => void created.useWebSocketAdapter(sockets.adapter(created)),
  });
  apps.push(app);
  const client = await sockets.connect(`http://127.0.0.1:${port}`);
  clients.push(client);
  for (let i = 0; i < 4; i++) expect(await sendMessage(client, 'limited')).toBe('answer');
  expect(warnings).toEqual([
    expect.stringContaining('limits by IP do not count for ws messages of OwnServer'),
  ]);
});

describe('GraphQL', () => {
  const start = async (throttling: DynamicModule) => {
    const app = await fastify!.create(
      appWith(throttling, {
        providers: [Resolvers],
        controllers: [Handlers],
        imports: [graphql()],
      }),
    );
    apps.push(app);
    return app;
  };

  it('is limited together with HTTP, and each field counts', async () => {
    const { url } = await start(ThrottlingModule.forRoot({ limits: [{ ...IP, limit: 3 }] }));
    const first = await query(url, '{ a: limited b: limited free }');
    expect(first.codes).toEqual([]);
    expect(first.headers.get('ratelimit')).toMatch(/^"ip";r=1;t=\d+$/);
    expect((await fetch(`${url}/limited`)).status).toBe(200);
    const second = await query(url, '{ limited }');
    expect(second.codes).toEqual(['REQUEST_THROTTLED']);
    expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await query(url, '{ free }')).codes).toEqual([]);
    expect((await fetch(`${url}/limited`)).status).toBe(429);
  });

  it('asks the storage once for all limits of a field', async () => {
    const { url, app } = await start(
      ThrottlingModule.forRoot({ limits: [IP, { ...IP, name: 'second', by: () => 'all' }] }),
    );
    const take = jest.spyOn(app.get<ThrottlingStorage>(getStorageToken()), 'take');
    await query(url, '{ limited }');
    await fetch(`${url}/limited`);
    expect(take.mock.calls.map(([cells]) => cells.length)).toEqual([2, 2]);
  });

  it('uses getRequestResponse, generateKey, getTracker and messages of a guard', async () => {
    const seen: string[] = [];
    @Injectable()
    class GqlThrottlingGuard extends ThrottlingGuard {
      protected override errorMessage = 'please slow down';

      override getRequestResponse(context: ExecutionContext) {
        seen.push(`getRequestResponse ${context.getType<string>()}`);
        if (context.getType<string>() !== 'graphql') return super.getRequestResponse(context);
        const { reply } = GqlExecutionContext.create(context).getContext<{
          reply: { request: Record<string, unknown> };
        }>();
        return { req: reply.request, res: reply };
      }

      protected override async getTracker(): Promise<string> {
        return 'everybody';
      }

      override generateKey(context: ExecutionContext, client: string, name: string): string {
        seen.push(`generateKey ${name}`);
        return `${context.getClass().name}-${super.generateKey(context, client, name)}`;
      }

      protected override async throwThrottlingException(
        context: ExecutionContext,
        detail: ThrottlingLimitDetail,
      ): Promise<void> {
        seen.push(`${detail.tracker} ${detail.key}`);
        return super.throwThrottlingException(context, detail);
      }
    }
    const { url } = await start(
      ThrottlingModule.forRoot({ limits: [IP], guard: GqlThrottlingGuard }),
    );
    await query(url, '{ a: limited b: limited }');
    expect((await query(url, '{ limited }')).messages).toEqual(['please slow down']);
    expect(new Set(seen)).toEqual(
      new Set(['getRequestResponse graphql', 'generateKey ip', 'everybody ip:Resolvers-everybody']),
    );
    // The key contains the class, so the controller has a count of its own.
    expect((await fetch(`${url}/limited`)).status).toBe(200);
    await fetch(`${url}/limited`);
    const refused = await fetch(`${url}/limited`);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { code: 'REQUEST_THROTTLED', detail: 'please slow down' },
    ]);
  });

  it('counts once if a guard is registered in addition to that of the module', async () => {
    @Injectable()
    class Additional extends ThrottlingGuard {}
    @UseGuards(Additional)
    @Resolver()
    class Guarded {
      @Query(() => String)
      limited(): string {
        return 'answer';
      }
    }
    const throttling = ThrottlingModule.forRoot({ limits: [IP] });
    const app = await fastify!.create(
      appWith(throttling, { providers: [Guarded], imports: [graphql()] }),
    );
    apps.push(app);
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push((await query(app.url, '{ limited }')).codes);
    expect(answers).toEqual([[], [], ['REQUEST_THROTTLED']]);
  });

  it('calls handleRequest once for each limit, and super.handleRequest counts it', async () => {
    const seen: string[] = [];
    @Injectable()
    class EachLimit extends ThrottlingGuard {
      protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
        seen.push(`${request.throttler.name} ${request.limit} ${request.ttl}`);
        return super.handleRequest(request);
      }
    }
    const limits = [IP, { ...IP, name: 'second', limit: 1, by: () => 'all' }];
    const { url } = await start(ThrottlingModule.forRoot({ limits, guard: EachLimit }));
    expect((await fetch(`${url}/limited`)).status).toBe(200);
    expect((await fetch(`${url}/limited`)).status).toBe(429);
    expect((await query(url, '{ limited }')).codes).toEqual(['REQUEST_THROTTLED']);
    expect(seen).toEqual([
      'ip 2 60000',
      'second 1 60000',
      'ip 2 60000',
      'second 1 60000',
      'ip 2 60000',
    ]);
  });
});

describe('messages of microservices', () => {
  const start = async (throttling: DynamicModule) => {
    const server = {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    } as const;
    const app = await express!.create(appWith(throttling, { controllers: [Handlers] }), {
      configure: async (created) => {
        created.connectMicroservice(server, { inheritAppConfig: true });
        await created.startAllMicroservices();
      },
    });
    const client = ClientProxyFactory.create(server as TcpClientOptions);
    apps.push({
      ...app,
      close: async () => {
        await client.close();
        await app.close();
      },
    });
    return () =>
      firstValueFrom(client.send<string>('limited', '')).catch(
        ({ code }: { code: string }) => code,
      );
  };

  it('pass, because they come from other services', async () => {
    const send = await start(ThrottlingModule.forRoot({ limits: [IP] }));
    for (let i = 0; i < 4; i++) expect(await send()).toBe('answer');
  });

  it('are limited by a guard that says whom they come from', async () => {
    @Injectable()
    class RpcThrottlingGuard extends ThrottlingGuard {
      override getRequestResponse(context: ExecutionContext) {
        const [socket] = context.switchToRpc().getContext<{ args: [{ socket: object }] }>().args;
        return { req: { headers: {}, socket: socket.socket }, res: {} };
      }
    }
    const send = await start(ThrottlingModule.forRoot({ limits: [IP], guard: RpcThrottlingGuard }));
    for (const expected of ['answer', 'answer', 'REQUEST_THROTTLED']) {
      expect(await send()).toBe(expected);
    }
  });
});

describe('what cannot work is refused at boot', () => {
  const boot = (throttling: DynamicModule, controllers: Type[] = []): Promise<unknown> =>
    express!
      .create(appWith(throttling, { controllers }))
      .then((app) => app.close())
      .then(() => 'booted');

  it('a guard that extends ThrottlerGuard of @nestjs/throttler', async () => {
    @Injectable()
    class GqlThrottlerGuard extends ThrottlerGuard {}
    @UseGuards(GqlThrottlerGuard)
    @Controller()
    class Guarded {
      @Get()
      get(): string {
        return 'answer';
      }
    }
    await expect(boot(ThrottlingModule.forRoot({ limits: [IP] }), [Guarded])).rejects.toThrow(
      'let it extend ThrottlingGuard',
    );
  });

  it('another class as guard', () => {
    expect(() =>
      ThrottlingModule.forRoot({ limits: [IP], guard: ThrottlerGuard as never }),
    ).toThrow('throttling.guard');
  });

  it.each([
    [{ skipIf: () => true }, 'throttling.skipIf'],
    [{ ignoreUserAgents: [/curl/] }, 'throttling.ignoreUserAgents'],
    [{ errorMessage: 'no' }, 'throttling.errorMessage'],
    [{ throttlers: [] }, 'throttling.throttlers'],
    [{ limits: [{ ...IP, blockDuration: 5 }] }, 'throttling.limits[0].blockDuration'],
    [{ limits: [{ ...IP, skipIf: () => true }] }, 'throttling.limits[0].skipIf'],
    [{ limits: [{ ...IP, getTracker: () => 'a' }] }, 'throttling.limits[0].getTracker'],
  ])('options of ThrottlerModule: %j', async (options, path) => {
    const throttling = ThrottlingModule.forRoot({ limits: [IP], ...options } as never);
    await expect(boot(throttling)).rejects.toThrow(path);
  });
});
