import { forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Body,
  Controller,
  createParamDecorator,
  Get,
  Module,
  Param,
  Post,
  Query,
  Req,
  type ExecutionContext,
  type RawBodyRequest,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Type } from 'class-transformer';
import { IsArray, IsEmail, IsOptional, IsString, ValidateNested } from 'class-validator';
import { request as send, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  IdPipe,
  InputLimitsModule,
  ProblemDetailsModule,
  ValidationModule,
  type InputLimitsOptions,
} from '../index.js';

class Note {
  @IsString()
  text!: string;
}

class Order {
  @IsOptional()
  @IsString()
  id?: string;

  @IsOptional()
  @IsEmail()
  email?: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Note)
  notes?: Note[];
}

let reached = 0;

/** Reads the body as a library would, past the pipes of the application. */
const BodyKeys = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  reached++;
  return Object.keys(context.switchToHttp().getRequest<{ body: object }>().body);
});

@Controller()
class Routes {
  @Post('orders')
  order(@Body() order: Order): Order {
    return order;
  }

  @Post('free')
  free(@Body() _body: unknown, @BodyKeys() keys: string[]): number {
    return keys.length;
  }

  @Get('accounts/:id')
  account(@Param('id', IdPipe) id: string): { id: string } {
    return { id };
  }

  @Get('search')
  search(@Query() query: Record<string, unknown>): number {
    return Object.keys(query).length;
  }

  @Post('hooks')
  hook(@Req() { rawBody, body }: RawBodyRequest<IncomingMessage & { body: unknown }>) {
    return { bytes: rawBody?.toString('base64'), parsed: !Buffer.isBuffer(body) };
  }
}

const appWith = (options: InputLimitsOptions) => {
  @Module({
    imports: [
      ProblemDetailsModule.forRoot({}),
      InputLimitsModule.forRoot(options),
      ValidationModule,
    ],
    controllers: [Routes],
  })
  class App {}
  return App;
};

const JSON_TYPE = { 'content-type': 'application/json' };

/** Status of a GET request for exactly this path. */
function statusOf(url: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = send(url, { path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject);
    request.end();
  });
}

forEachPlatform((platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    const limits = { rawBodies: ['/hooks'], maxBodyBytes: 4_000, maxRawBodyBytes: 500_000 };
    running = await platform.create(appWith({ ...limits, maxKeys: 100, maxItems: 100 }));
  });
  afterAll(() => running.close());
  beforeEach(() => {
    reached = 0;
  });

  const post = async (
    path: string,
    body: string | Buffer | ReadableStream,
    headers: Readonly<Record<string, string>> = JSON_TYPE,
  ) => {
    const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
    const response = await fetch(`${running.url}${path}`, init);
    return { status: response.status, answer: (await response.json()) as unknown };
  };
  const get = async (path: string) => {
    const response = await fetch(`${running.url}${path}`);
    return { status: response.status, answer: (await response.json()) as unknown };
  };
  const refusal = (status: number, code: string, path: string | undefined) => ({
    status,
    answer: {
      type: 'about:blank',
      status,
      code,
      detail: expect.stringContaining('see errors'),
      errors: [{ ...(path !== undefined && { path }), message: expect.any(String) }],
    },
  });

  it.each([
    ['{"id":"a\\u0000"}', 400, 'INPUT_REFUSED', 'id'],
    ['{"notes":[{"text":"ok"},{"text":"\\ud800"}]}', 400, 'INPUT_REFUSED', 'notes[1].text'],
    ['{"x\\u0000":1}', 400, 'INPUT_REFUSED', '["x\\u0000"]'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 400, 'INPUT_REFUSED', '[0]'.repeat(64)],
    ['{"notes":{"constructor":1}}', 400, 'INPUT_REFUSED', 'notes.constructor'],
  ])('refuses %.60s of a body before it is validated', async (body, status, code, path) => {
    expect(await post('/orders', body)).toMatchObject(refusal(status, code, path));
    expect(await post('/free', body)).toMatchObject(refusal(status, code, path));
    expect(reached).toBe(0);
  });

  it('refuses more keys than the limit before any of them is validated', async () => {
    const keys = Array.from({ length: 101 }, (_unused, index) => `"k${index}":1`);
    const { status, answer } = await post('/free', `{${keys.join(',')}}`);
    expect({ status, answer }).toMatchObject(refusal(413, 'INPUT_TOO_LARGE', undefined));
    expect(reached).toBe(0);
  });

  it('refuses more items than the limit with the path of the list', async () => {
    const notes = Array.from({ length: 101 }, () => '{}');
    const answer = await post('/orders', `{"notes":[${notes.join(',')}]}`);
    expect(answer).toMatchObject(refusal(413, 'INPUT_TOO_LARGE', 'notes'));
  });

  it('answers 413 for a body above the limit, with or without its length', async () => {
    const body = JSON.stringify({ id: 'x'.repeat(4_001) });
    expect((await post('/orders', body)).status).toBe(413);
    const stream = new Blob([body]).stream();
    expect((await post('/orders', stream)).status).toBe(413);
    const fits = JSON.stringify({ id: 'x'.repeat(3_900) });
    expect((await post('/orders', fits)).status).toBe(201);
  });

  it('answers 4xx for a compressed body that is larger than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, ' '));
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const { status } = await post('/orders', bomb, headers);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('reports at most 20 broken rules', async () => {
    const keys = Array.from({ length: 50 }, (_unused, index) => `"k${index}":1`);
    const { status, answer } = await post('/orders', `{${keys.join(',')}}`);
    expect(status).toBe(400);
    const { errors } = answer as { errors: { path?: string; message: string }[] };
    expect(errors).toHaveLength(20);
    expect(errors.at(-1)).toEqual({ message: 'more rules are broken; fix these first' });
  });

  it.each([
    ['auth0|5f7a'],
    ['gid://shopify/Shop/1'],
    ['ada+test@example.com'],
    ['日本語のお店'],
    ['42'],
  ])('accepts the id %s', async (id) => {
    expect(await get(`/accounts/${encodeURIComponent(id)}`)).toEqual({
      status: 200,
      answer: { id },
    });
  });

  it.each([
    ['%00', 'INPUT_REFUSED'],
    ['a%00b', 'INPUT_REFUSED'],
    ['%0d%0ax', 'VALIDATION_FAILED'],
    ['x'.repeat(256), 'VALIDATION_FAILED'],
  ])('refuses the id %.40s with the name of the parameter', async (id, code) => {
    const { status, answer } = await get(`/accounts/${id}`);
    // Fastify's router refuses long parameters itself.
    if (id.length > 100 && status !== 400) return expect(status).toBeLessThan(500);
    expect({ status, answer }).toMatchObject({
      status: 400,
      answer: { code, errors: [{ path: 'id' }] },
    });
  });

  // fetch resolves these before it sends them; other clients do not.
  it.each(['.', '..', '%2e%2e', '%2E'])('refuses the id %s, which a path would resolve', (id) =>
    expect(statusOf(running.url, `/accounts/${id}`)).resolves.toBe(400),
  );

  it.each([['%E0%A4'], ['%ED%A0%80'], ['%'], ['%zz']])(
    'answers the malformed encoding %s with 400',
    async (id) => {
      const response = await fetch(`${running.url}/accounts/${id}`);
      expect(response.status).toBe(400);
    },
  );

  it('limits the fields of a query, and their text', async () => {
    const many = Array.from({ length: 200 }, (_unused, index) => `k${index}=1`).join('&');
    expect(await get(`/search?${many}`)).toMatchObject({ status: 413 });
    expect(await get('/search?q=a%00')).toMatchObject(refusal(400, 'INPUT_REFUSED', 'q'));
    expect(await get('/search?q=a%20b')).toEqual({ status: 200, answer: 1 });
  });

  it.each([
    ['application/json', '{"a":'],
    ['application/json', `${'['.repeat(100_000)}`],
    ['text/plain', 'hello'],
    ['application/x-www-form-urlencoded', 'a=1&__proto__=2'],
    ['image/png', '\0\0'],
  ])('keeps the bytes of a raw body of type %s', async (type, body) => {
    const headers = { 'content-type': type, 'content-encoding': 'gzip' };
    const { status, answer } = await post('/hooks?x=1', body, headers);
    const bytes = Buffer.from(body).toString('base64');
    expect({ status, answer }).toEqual({ status: 201, answer: { bytes, parsed: false } });
  });

  it('limits the size of raw bodies', async () => {
    expect((await post('/hooks', 'x'.repeat(500_001))).status).toBe(413);
  });

  it('parses other bodies whose path only begins like a raw one', async () => {
    expect((await post('/hooks/other', '{')).status).toBe(400);
  });
});

it.each<[InputLimitsOptions, string]>([
  [{ maxDepth: 0 }, 'InputLimitsModule.maxDepth: got 0; use a whole number >= 1'],
  [{ maxKeys: Number.NaN }, 'InputLimitsModule.maxKeys: got NaN'],
  [{ maxBodyBytes: 1.5 }, 'InputLimitsModule.maxBodyBytes: got 1.5'],
  [{ rawBodies: ['hooks'] }, "InputLimitsModule.rawBodies[0]: got 'hooks'; use the whole path"],
  [{ rawBodies: ['/hooks/:id'] }, 'InputLimitsModule.rawBodies[0]'],
])('refuses to boot with %j', async (options, message) => {
  const module = Test.createTestingModule({ imports: [InputLimitsModule.forRoot(options)] });
  await expect(module.compile()).rejects.toThrow(message);
});
