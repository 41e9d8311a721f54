import { LoyalNestError, runInContext, type ErrorCategory } from '@loyalnest/core';
import { forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpException,
  Module,
  NotFoundException,
  Post,
  Req,
  Res,
  type LoggerService,
  type RawBodyRequest,
} from '@nestjs/common';
import { get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { pathOf } from './details-of.js';
import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import {
  answerFrameworkError,
  HttpResponse,
  HttpResponseError,
  HttpTimeoutError,
  ProblemDetailsModule,
  ProblemError,
  ValidationModule,
} from '../index.js';

class SuiteError extends LoyalNestError {
  readonly code = 'SUITE_ERROR';
  readonly retryable = false;
  constructor(readonly category: ErrorCategory) {
    super('secret: redis://user:password@host', { retryAfterMs: 1_400 });
  }
}

class Line {
  @IsInt()
  @Min(1)
  quantity!: number;
}

class Order {
  @IsString()
  id!: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

let thrown: unknown;

@Controller()
class Routes {
  @Get('throw')
  async throw(): Promise<never> {
    throw thrown;
  }

  @Get('begun')
  async begun(@Res() response: ServerResponse & { readonly raw?: ServerResponse }): Promise<never> {
    (response.raw ?? response).write('begun');
    throw thrown;
  }

  @Post('orders')
  order(@Body() order: Order): Order {
    return order;
  }

  @Post('raw')
  raw(@Req() request: RawBodyRequest<unknown>): { raw: string } {
    return { raw: request.rawBody!.toString('utf8') };
  }
}

@Module({
  imports: [
    ProblemDetailsModule.forRoot({ typeBase: 'https://errors.example.com/' }),
    ValidationModule,
  ],
  controllers: [Routes],
})
class AppModule {}

class Log implements LoggerService {
  readonly errors: string[] = [];
  log(): void {}
  warn(): void {}
  error(...parts: unknown[]): void {
    this.errors.push(parts.join(' '));
  }
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let log: Log;

  beforeAll(async () => {
    log = new Log();
    running = await platform.create(AppModule, {
      nest: { rawBody: true, logger: log },
      // Replaces the correlation module: runs each request in a context.
      configure: (app) =>
        void app.use((_req: unknown, _res: unknown, next: () => void) =>
          runInContext({ correlationId: 'order-7' }, next),
        ),
    });
  });

  afterAll(() => running.close());

  beforeEach(() => {
    log.errors.length = 0;
  });

  const answer = async (path: string, init?: RequestInit) => {
    const response = await fetch(running.url + path, init);
    const { headers, status } = response;
    expect(headers.get('content-type')).toContain('application/problem+json');
    return { status, headers, body: (await response.json()) as Record<string, unknown> };
  };

  const throwing = (error: unknown) => {
    thrown = error;
    return answer('/throw?token=secret');
  };

  const post = (path: string, body: string, type = 'application/json') =>
    answer(path, { method: 'POST', body, headers: { 'content-type': type } });

  it('ends an answer that has begun, and sends no second one', async () => {
    thrown = new Error('broke in the middle');
    log.errors.length = 0;
    const given = await fetch(`${running.url}/begun`);
    expect([given.status, await given.text()]).toEqual([200, 'begun']);
    expect(log.errors).toEqual([expect.stringContaining('GET /begun failed')]);
  });

  it('sends status, code and detail of a ProblemError', async () => {
    const { status, body, headers } = await throwing(
      new ProblemError({
        status: 409,
        code: 'NOT_ENOUGH_POINTS',
        detail: 'The account has 5 points; 7 are needed.',
        retryAfterMs: 1,
      }),
    );
    expect(status).toBe(409);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toEqual({
      type: 'https://errors.example.com/not-enough-points',
      title: 'Conflict',
      status: 409,
      detail: 'The account has 5 points; 7 are needed.',
      instance: '/throw',
      code: 'NOT_ENOUGH_POINTS',
      correlationId: 'order-7',
    });
  });

  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['rate-limited', 429],
    ['internal', 500],
    ['unavailable', 503],
    ['timeout', 504],
  ] as const)(
    'answers an error of category %s with %i, without its message',
    async (category, status) => {
      const { body, headers, ...result } = await throwing(new SuiteError(category));
      expect(result.status).toBe(status);
      expect(body).toMatchObject({ status, code: 'SUITE_ERROR' });
      expect(JSON.stringify(body)).not.toContain('secret');
      expect(headers.get('retry-after')).toBe('2');
      expect(log.errors).toHaveLength(status === 500 ? 1 : 0);
    },
  );

  it.each([
    [400, 502],
    [404, 502],
    [408, 504],
    [429, 503],
    [500, 503],
    [503, 503],
  ])('answers %i of another service with %i', async (upstream, status) => {
    const response = new HttpResponse(upstream, {}, Buffer.from('secret'));
    const error = new HttpResponseError('GET http://secret', response, 5_000);
    const { body, ...result } = await throwing(error);
    expect(result.status).toBe(status);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each<[number, Record<string, string>]>([
    [401, {}],
    [407, {}],
    [403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
  ])(
    'answers 503 and logs it when another service refuses ours with %i',
    async (status, headers) => {
      const response = new HttpResponse(status, headers, Buffer.from('secret'));
      const refused = await throwing(
        new HttpResponseError('GET http://points', response, undefined),
      );
      expect(refused).toMatchObject({ status: 503, body: { code: 'CREDENTIAL_REFUSED' } });
      expect(log.errors).toHaveLength(1);
      expect(log.errors[0]).toContain(`GET http://points answered ${status}`);
    },
  );

  it.each<[string, object]>([
    ['got', { response: { statusCode: 401 }, statusCode: 401 }],
    ['undici', { code: 'UND_ERR_RESPONSE', statusCode: 401 }],
    ['AWS SDK 2', { code: 'NoSuchKey', statusCode: 404, requestId: 'r' }],
  ])('never answers with the status of an error of %s', async (_client, fields) => {
    const hidden = await throwing(Object.assign(new Error('secret'), fields));
    expect(hidden.status).toBe(500);
  });

  it("names the caller's own deadline, whichever client noticed it", async () => {
    const ended = new HttpTimeoutError('GET http://points', 20, 'deadline', 'caller');
    expect((await throwing(ended)).body).toMatchObject({ status: 504, code: 'DEADLINE_EXCEEDED' });
    const ours = new HttpTimeoutError('GET http://points', 20, 'deadline', 'own');
    expect((await throwing(ours)).body).toMatchObject({ status: 504, code: 'HTTP_TIMEOUT' });
    const type = { 'content-type': 'application/problem+json' };
    const body = Buffer.from('{"status":504,"code":"DEADLINE_EXCEEDED"}');
    const response = new HttpResponse(504, type, body, 'caller');
    const answered = new HttpResponseError('GET http://points', response, undefined);
    expect((await throwing(answered)).body).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('hides an unknown error and logs it once, with its causes and the correlation id', async () => {
    const cause = new Error('password authentication failed');
    const error = Object.assign(new Error('select * from accounts', { cause }), {
      parameters: ['+49'],
    });
    const { status, body } = await throwing(error);
    expect(status).toBe(500);
    expect(body).toEqual({
      type: 'https://errors.example.com/internal-server-error',
      title: 'Internal Server Error',
      status: 500,
      instance: '/throw',
      code: 'INTERNAL_SERVER_ERROR',
      correlationId: 'order-7',
    });
    expect(log.errors).toHaveLength(1);
    expect(log.errors[0]).toContain('GET /throw failed (correlation id order-7)');
    expect(log.errors[0]).toContain('select * from accounts');
    expect(log.errors[0]).toContain('caused by: Error: password authentication failed');
    expect(log.errors[0]).not.toMatch(/\+49|token/);
  });

  it.each([['text'], [undefined], [{ statusCode: 200 }], [{ statusCode: 503, message: 'secret' }]])(
    'answers 500 when %j is thrown',
    async (value) => {
      const { status, body } = await throwing(value);
      expect(status).toBe(500);
      expect(JSON.stringify(body)).not.toContain('secret');
    },
  );

  it('sends status and message of an HttpException, but no message for 500', async () => {
    expect((await throwing(new NotFoundException('no such account'))).body).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: 'no such account',
    });
    expect((await throwing(new BadRequestException(['a', 'b']))).body).toMatchObject({
      errors: [{ message: 'a' }, { message: 'b' }],
    });
    expect((await throwing(new HttpException('secret', 500))).body).not.toHaveProperty('detail');
  });

  it('answers an unknown route without its query, which may contain secrets', async () => {
    const { status, body } = await answer('/unknown?token=secret');
    expect(status).toBe(404);
    expect(body).toMatchObject({
      code: 'NOT_FOUND',
      detail: 'Cannot GET /unknown',
      instance: '/unknown',
    });
  });

  it('answers malformed JSON, without repeating it', async () => {
    const { status, body } = await post('/orders', '{"phone": +49171}');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'MALFORMED_JSON', correlationId: 'order-7' });
    expect(JSON.stringify(body)).not.toContain('49171');
  });

  it('answers a body that is too large', async () => {
    const { status, body } = await post('/orders', JSON.stringify('x'.repeat(2_000_000)));
    expect(status).toBe(413);
    expect(body['code']).toMatch(/_TOO_LARGE$/);
  });

  it('answers a media type that is not supported', async () => {
    const type = platform.name === 'express' ? 'application/json; charset=x-none' : 'text/csv';
    const { status, body } = await post('/orders', 'a,b', type);
    expect(status).toBe(415);
    expect(body).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('lists every broken rule with the path of its field, and never the value', async () => {
    const order = { lines: [{ quantity: 2 }, { quantity: 'secret' }], other: 1 };
    const { status, body } = await post('/orders', JSON.stringify(order));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(body['errors']).toEqual(
      expect.arrayContaining([
        { path: 'id', message: 'id must be a string' },
        { path: 'lines[1].quantity', message: 'quantity must be an integer number' },
        { path: 'other', message: 'property other should not exist' },
      ]),
    );
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(log.errors).toEqual([]);
  });

  it('lets a valid body through as an instance of its class', async () => {
    const order = { id: 'o-1', lines: [{ quantity: 1 }] };
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${running.url}/orders`, { ...init, body: JSON.stringify(order) });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual(order);
  });

  it('gives routes the raw bytes of a JSON body', async () => {
    const raw = '{ "id": 820982911946154508 }';
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${running.url}/raw`, { ...init, body: raw });
    expect(await response.json()).toEqual({ raw });
  });
});

it('answers requests that Fastify refuses itself, with frameworkErrors set', async () => {
  const adapter = new FastifyAdapter({
    frameworkErrors: answerFrameworkError,
    routerOptions: { maxParamLength: 10 },
  });
  @Controller()
  class Accounts {
    @Get('accounts/:id')
    read(): void {}
  }
  @Module({ controllers: [Accounts] })
  class App {}
  const app = await NestFactory.create(App, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const read = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      httpGet({ port, path, agent: false }, resolve).on('error', reject);
    });
  for (const [path, status, code] of [
    ['/accounts/%zz?token=secret', 400, 'MALFORMED_PATH'],
    [`/accounts/${'x'.repeat(11)}`, 414, 'URI_TOO_LONG'],
  ] as const) {
    const response = await read(path);
    expect(response.headers['content-type']).toContain('application/problem+json');
    const body = JSON.parse(await text(response)) as unknown;
    expect(body).toMatchObject({ status, code, instance: pathOf(path) });
  }
  await app.close();
});

it('refuses a typeBase that is not a URI', async () => {
  @Module({ imports: [ProblemDetailsModule.forRoot({ typeBase: '/errors' })] })
  class Broken {}
  await expect(Test.createTestingModule({ imports: [Broken] }).compile()).rejects.toThrow(
    "ProblemDetailsModule.typeBase: got '/errors'",
  );
});
