import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, ValidationModule } from '@loyalnest/http';
import { eventually, freePort, PLATFORMS } from '@loyalnest/testing';
import { Controller, Get, Module, UseGuards, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
  type ClientProxy,
  type TcpClientOptions,
  type TcpOptions,
} from '@nestjs/microservices';
import { concat, firstValueFrom, Observable, of, throwError, timeout, toArray } from 'rxjs';
import { ANSWERS, fail, Purchase, RefusingGuard, SECRET, sqlError } from './failing-handlers.js';

const hidden = (): never => {
  throw sqlError();
};
const withGetter = (name: string): Error =>
  Object.defineProperty(new Error('odd'), name, { get: hidden });

/** Replies that no transport can send as JSON. */
const ODD_REPLIES: Readonly<Record<string, () => unknown>> = {
  bigint: () => ({ points: 10n }),
  cycle: () => {
    const cycle: { self?: object } = {};
    return (cycle.self = cycle);
  },
  'toJSON that throws': () => ({ toJSON: hidden }),
  'getter that throws': () => Object.defineProperty({}, 'a', { get: hidden, enumerable: true }),
  'second value of a stream': () => of('first', 10n),
};

/** Errors that throw when somebody reads them. */
const ODD_ERRORS: Readonly<Record<string, () => unknown>> = {
  message: () => withGetter('message'),
  stack: () => withGetter('stack'),
  getError: () => Object.assign(new Error('odd'), { getError: hidden }),
  proxy: () => new Proxy({}, { get: hidden, has: hidden, getPrototypeOf: hidden }),
};

@Controller()
class Handlers {
  @MessagePattern('fail')
  async fail(kind: string): Promise<never> {
    return fail(kind);
  }

  @MessagePattern('fail at once')
  failAtOnce(kind: string): never {
    return fail(kind);
  }

  @MessagePattern('stream')
  stream(): Observable<string> {
    return concat(
      of('first'),
      throwError(() => sqlError()),
    );
  }

  @MessagePattern('odd reply')
  oddReply(kind: string): unknown {
    return ODD_REPLIES[kind]!();
  }

  @MessagePattern('odd error')
  oddError(kind: string): never {
    throw ODD_ERRORS[kind]!();
  }

  @UseGuards(RefusingGuard)
  @MessagePattern('guarded')
  guarded(): string {
    return 'secret';
  }

  @MessagePattern('buy')
  buy(@Payload() { points }: Purchase): number {
    return points;
  }

  @EventPattern('noted')
  async noted(kind: string): Promise<never> {
    return fail(kind);
  }

  @EventPattern('streamed')
  streamed(_data: unknown): Observable<never> {
    return throwError(() => sqlError());
  }

  @MessagePattern('alive')
  alive(): string {
    return 'yes';
  }

  @Get('fail')
  overHttp(): never {
    return fail('sql');
  }
}

@Module({
  imports: [CorrelationModule.forRoot({}), ProblemDetailsModule.forRoot({}), ValidationModule],
  controllers: [Handlers],
})
class App {}

class Log implements LoggerService {
  readonly errors: string[] = [];
  log(): void {}
  warn(): void {}
  error(...parts: unknown[]): void {
    this.errors.push(parts.join(' '));
  }
}

interface Running {
  readonly client: ClientProxy;
  readonly log: Log;
  readonly url?: string;
  close(): Promise<void>;
}

const tcp = async (): Promise<TcpOptions> => ({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: await freePort() },
});

const hybrid = (platform: (typeof PLATFORMS)[number]) => async (): Promise<Running> => {
  const log = new Log();
  const server = await tcp();
  const { app, url } = await platform.create(App, {
    nest: { logger: log },
    configure: async (created) => {
      created.connectMicroservice(server, { inheritAppConfig: true });
      await created.startAllMicroservices();
    },
  });
  const client = ClientProxyFactory.create(server as TcpClientOptions);
  return {
    client,
    log,
    url,
    close: async () => {
      await client.close();
      await app.close();
    },
  };
};

const microservice = async (): Promise<Running> => {
  const log = new Log();
  const server = await tcp();
  const app = await NestFactory.createMicroservice(App, { ...server, logger: log });
  await app.listen();
  const client = ClientProxyFactory.create(server as TcpClientOptions);
  return {
    client,
    log,
    close: async () => {
      await client.close();
      await app.close();
    },
  };
};

describe.each([
  ['a microservice', microservice],
  ...PLATFORMS.map((platform) => [`a hybrid on ${platform.name}`, hybrid(platform)] as const),
] as const)('%s', (_name, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.close());
  beforeEach(() => void running.log.errors.splice(0));

  const ask = (pattern: string, data: unknown = ''): Promise<unknown> =>
    firstValueFrom(running.client.send<unknown>(pattern, data).pipe(timeout(10_000), toArray()));
  const refusal = async (pattern: string, data: unknown = ''): Promise<object> => {
    const error: unknown = await ask(pattern, data).then(
      (answer) => Promise.reject(new Error(`answered ${JSON.stringify(answer)}`)),
      (refused: unknown) => refused,
    );
    expect(JSON.stringify(error)).not.toMatch(SECRET);
    return error as object;
  };

  it.each(['fail', 'fail at once'])('answers every error of "%s"', async (pattern) => {
    for (const [kind, answer] of Object.entries(ANSWERS)) {
      expect(await refusal(pattern, kind)).toEqual({
        status: 'error',
        correlationId: expect.any(String),
        ...answer,
      });
    }
    expect(running.log.errors).toHaveLength(2);
    expect(running.log.errors[0]).toMatch(/message fail.* failed \(correlation id .{36}\)/);
    expect(running.log.errors[0]).toContain('select * from accounts');
    expect(running.log.errors.join()).not.toContain('+49171');
  });

  it.each(Object.keys(ODD_REPLIES))(
    'answers although it cannot send its reply: %s',
    async (kind) => {
      expect(await refusal('odd reply', kind)).toMatchObject(ANSWERS['sql']!);
      expect(running.log.errors).toEqual([
        expect.stringContaining('the reply to a message failed (correlation id '),
      ]);
      expect(await ask('alive')).toEqual(['yes']);
    },
  );

  it.each(Object.keys(ODD_ERRORS))('answers an error that cannot be read: %s', async (kind) => {
    expect(await refusal('odd error', kind)).toMatchObject(ANSWERS['sql']!);
    expect(running.log.errors).toEqual([
      expect.stringContaining('message odd error failed (correlation id '),
    ]);
  });

  it('sends what the author of an RpcException wrote, and no error inside of it', async () => {
    expect(await refusal('fail', 'rpc text')).toMatchObject({
      status: 'error',
      message: 'closed on Sundays',
    });
    const { correlationId, ...object } = (await refusal('fail', 'rpc object')) as Record<
      string,
      unknown
    >;
    expect(object).toEqual({ code: 'CLOSED', until: 'Monday' });
    expect(correlationId).toEqual(expect.any(String));
    expect(await refusal('fail', 'rpc error')).toMatchObject(ANSWERS['sql']!);
  });

  it('answers the error of a returned Observable', async () => {
    expect(await refusal('stream')).toMatchObject({
      ...ANSWERS['sql'],
      correlationId: expect.any(String),
    });
  });

  it('answers a guard that refuses and a payload that breaks the rules', async () => {
    expect(await refusal('guarded')).toMatchObject({ code: 'FORBIDDEN', category: 'forbidden' });
    expect(await refusal('buy', { points: 0, other: 1 })).toMatchObject({
      code: 'VALIDATION_FAILED',
      category: 'invalid',
      retryable: false,
      errors: expect.arrayContaining([
        { path: 'points', message: 'points must not be less than 1' },
      ]),
    });
    expect(await ask('buy', { points: 5 })).toEqual([5]);
    expect(running.log.errors).toEqual([]);
  });

  it('logs the error of an event once, and goes on', async () => {
    running.client.emit('noted', 'sql');
    await eventually(() => running.log.errors.length === 1);
    running.client.emit('streamed', '');
    await eventually(() => running.log.errors.length === 2);
    expect(await ask('alive')).toEqual(['yes']);
    expect(running.log.errors).toEqual([
      expect.stringContaining('message noted failed'),
      expect.stringContaining('message streamed failed'),
    ]);
  });

  it('answers HTTP with problem details as before', async () => {
    if (running.url === undefined) return;
    const response = await fetch(`${running.url}/fail`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.text()).not.toMatch(SECRET);
  });
});
