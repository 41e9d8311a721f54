import {
  currentContext,
  Deadline,
  ON_SHUTDOWN,
  runInContext,
  type RequestContext,
} from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpContextBinder } from './http-context.binder.js';
import {
  CorrelationId,
  CorrelationModule,
  MerchantId,
  RequestContextService,
  type CorrelationModuleOptions,
} from './index.js';

const ECHO = 'x-correlation-id';

const held: (() => void)[] = [];
let seen: RequestContext | undefined;

@Controller()
class EchoController {
  constructor(private readonly context: RequestContextService) {}

  @Get('echo')
  async echo(@CorrelationId() id: string, @MerchantId() merchantId?: string): Promise<object> {
    await new Promise((resolve) => setImmediate(resolve));
    const { traceparent, userId, deadline } = this.context.current!;
    return {
      id,
      merchantId,
      userId,
      traceparent,
      remainingMs: deadline?.remainingMs,
      source: deadline?.source,
    };
  }

  @Post('echo')
  afterBody(@Body() body: unknown): object {
    return { id: currentContext()?.correlationId, body };
  }

  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }

  @Get('hold')
  async hold(): Promise<string> {
    seen = currentContext();
    await new Promise<void>((resolve) => held.push(resolve));
    return 'held';
  }
}

const middlewareSaw: (string | undefined)[] = [];

@Injectable()
class SeeingMiddleware implements NestMiddleware {
  use(_req: unknown, _res: unknown, next: () => void): void {
    middlewareSaw.push(currentContext()?.correlationId);
    next();
  }
}

function appModule(options: CorrelationModuleOptions = {}): DynamicModule {
  @Module({ controllers: [EchoController] })
  class App implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(SeeingMiddleware).forRoutes('{*path}');
    }
  }
  return { module: App, imports: [CorrelationModule.forRoot(options)] };
}

/** Sends the path unchanged; fetch would repair a malformed one. */
async function rawStatus(url: string, path: string): Promise<{ status?: number; id: unknown }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = httpRequest({ hostname, port, path, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, id: response.headers[ECHO] });
    });
    call.on('error', reject).end();
  });
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;

  const boot = async (options: CorrelationModuleOptions = {}): Promise<void> => {
    clock = new FakeClock();
    running = await platform.create(appModule({ clock, ...options }));
  };

  const read = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(running.url + path, { ...init, headers });

  const echo = async (headers: Record<string, string> = {}): Promise<Record<string, unknown>> =>
    (await read('/echo', headers)).json() as Promise<Record<string, unknown>>;

  beforeEach(() => {
    middlewareSaw.length = 0;
    seen = undefined;
  });

  afterEach(async () => {
    for (const release of held.splice(0)) release();
    await running.close();
  });

  it('accepts the id of the request, echoes it and passes it to the route', async () => {
    await boot();
    const response = await read('/echo', { [ECHO]: 'order-7' });
    expect(response.headers.get(ECHO)).toBe('order-7');
    expect(await response.json()).toMatchObject({ id: 'order-7' });
  });

  it('accepts x-request-id and replaces a malformed id', async () => {
    await boot();
    expect(await echo({ 'x-request-id': 'r-1' })).toMatchObject({ id: 'r-1' });
    const { id } = await echo({ [ECHO]: 'a b' });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('binds the context before Nest middleware runs', async () => {
    await boot();
    await read('/echo', { [ECHO]: 'order-7' });
    expect(middlewareSaw).toEqual(['order-7']);
  });

  it('keeps the context while a body is read', async () => {
    await boot();
    const response = await read(
      '/echo',
      { [ECHO]: 'order-7', 'content-type': 'application/json' },
      { method: 'POST', body: JSON.stringify({ text: 'x'.repeat(70_000) }) },
    );
    expect(await response.json()).toMatchObject({ id: 'order-7' });
  });

  it.each(['/broken', '/unknown'])('echoes the id when %s fails', async (path) => {
    await boot();
    const response = await read(path, { [ECHO]: 'order-7' });
    expect(response.status).toBeGreaterThanOrEqual(404);
    expect(response.headers.get(ECHO)).toBe('order-7');
  });

  it('returns an id when the body or the path cannot be read', async () => {
    await boot();
    const headers = { 'content-type': 'application/json' };
    const response = await read('/echo', headers, { method: 'POST', body: '{"a":' });
    expect(response.status).toBe(400);
    expect(response.headers.get(ECHO)).toBeTruthy();
    expect(await rawStatus(running.url, '/echo/%zz')).toEqual({
      status: expect.any(Number),
      id: expect.any(String),
    });
  });

  it('binds requests of a second server, such as the one Fastify opens for localhost', async () => {
    await boot();
    const framework = running.app.getHttpAdapter().getInstance() as RequestListener & {
      routing?: RequestListener;
    };
    const second = createServer(framework.routing ?? framework).unref();
    await new Promise<void>((done) => second.listen(0, '127.0.0.1', done));
    const { port } = second.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/echo`, {
      headers: { [ECHO]: 'order-7' },
    });
    expect(response.headers.get(ECHO)).toBe('order-7');
    expect(await response.json()).toMatchObject({ id: 'order-7' });
    second.closeAllConnections();
    await new Promise((done) => second.close(done));
  });

  it('never mixes the contexts of 100 concurrent requests', async () => {
    await boot({ trustIdentity: true });
    const ids = Array.from({ length: 100 }, (_, index) => `request-${index}`);
    const answers = await Promise.all(ids.map((id) => echo({ [ECHO]: id, 'x-merchant-id': id })));
    expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(answers.map(({ merchantId }) => merchantId)).toEqual(ids);
  });

  it('ignores merchant and user headers unless trustIdentity is set', async () => {
    const headers = { 'x-merchant-id': 'm-1', 'x-user-id': 'u-1' };
    await boot();
    expect(await echo(headers)).not.toMatchObject({ merchantId: 'm-1' });
    await running.close();
    await boot({ trustIdentity: true });
    expect(await echo(headers)).toMatchObject({ merchantId: 'm-1', userId: 'u-1' });
  });

  it('starts a new context for every request when inbound headers are not trusted', async () => {
    await boot({ trustInbound: false });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const answer = await echo({ [ECHO]: 'order-7', traceparent, 'x-request-timeout-ms': '5' });
    expect(answer['id']).not.toBe('order-7');
    expect(answer).not.toHaveProperty('traceparent');
    expect(answer).not.toHaveProperty('remainingMs');
  });

  it('gives each request a deadline of at most defaultTimeout', async () => {
    await boot({ defaultTimeout: '5s' });
    expect(await echo()).toMatchObject({ remainingMs: 5_000 });
    expect(await echo({ 'x-request-timeout-ms': '200' })).toMatchObject({ remainingMs: 200 });
    expect(await echo({ 'x-request-timeout-ms': '60000' })).toMatchObject({ remainingMs: 5_000 });
  });

  it("calls a deadline the caller's only if it is shorter than defaultTimeout", async () => {
    await boot({ defaultTimeout: '5s' });
    const sources: unknown[] = [];
    for (const leftMs of [undefined, '4999', '5000', '60000']) {
      const { source } = await echo(leftMs === undefined ? {} : { 'x-request-timeout-ms': leftMs });
      sources.push(source);
    }
    expect(sources).toEqual(['own', 'caller', 'own', 'own']);
    await running.close();
    await boot();
    expect(await echo({ 'x-request-timeout-ms': '60000' })).toMatchObject({ source: 'caller' });
  });

  it('lets a deadline below minTimeout pass at once, at the edge alone', async () => {
    const remainingMs = async (leftMs: number): Promise<unknown> =>
      (await echo({ 'x-request-timeout-ms': String(leftMs) }))['remainingMs'];
    await boot({ edge: true });
    expect([await remainingMs(1), await remainingMs(49), await remainingMs(50)]).toEqual([
      0, 0, 50,
    ]);
    await running.close();
    await boot({ edge: true, minTimeout: '200ms', defaultTimeout: '1s' });
    expect([await remainingMs(199), await remainingMs(200)]).toEqual([0, 200]);
    await running.close();
    await boot({ edge: true, trustInbound: false, defaultTimeout: '1s' });
    expect(await remainingMs(1)).toBe(1_000);
    await running.close();
    await boot();
    expect(await remainingMs(1)).toBe(1);
  });

  it('aborts the signal when the client disconnects before the response', async () => {
    await boot();
    const client = new AbortController();
    const call = fetch(`${running.url}/hold`, { signal: client.signal }).catch(() => undefined);
    await eventually(() => seen !== undefined);
    expect(seen!.signal!.aborted).toBe(false);
    client.abort();
    await call;
    await eventually(() => seen!.signal!.aborted);
    expect(seen!.signal!.reason).toMatchObject({
      code: 'REQUEST_CANCELLED',
      reason: 'client-gone',
    });
  });

  it('does not abort the signal of a completed request', async () => {
    await boot();
    const call = read('/hold');
    await eventually(() => held.length === 1);
    held.splice(0)[0]!();
    await (await call).text();
    const requests = running.app.get(HttpContextBinder)['running'] as Set<unknown>;
    await eventually(() => requests.size === 0);
    expect(seen!.signal!.aborted).toBe(false);
  });

  it('aborts running requests when the shutdown cancels them, not when it begins', async () => {
    await boot();
    const call = read('/hold');
    await eventually(() => held.length === 1);
    const binder = running.app.get(HttpContextBinder);
    expect(seen!.drainSignal!.aborted).toBe(false);
    binder[ON_SHUTDOWN]('draining');
    expect(seen!.signal!.aborted).toBe(false);
    expect(seen!.drainSignal!.reason).toMatchObject({ reason: 'shutting-down' });
    binder[ON_SHUTDOWN]('cancelling');
    expect(seen!.signal!.reason).toMatchObject({ reason: 'shutting-down' });
    held.splice(0)[0]!();
    expect((await call).status).toBe(200);
  });

  it('works in applications created from a TestingModule', async () => {
    const module = await Test.createTestingModule({ imports: [appModule()] }).compile();
    running = await platform.create(module);
    expect(await echo({ [ECHO]: 'order-7' })).toMatchObject({ id: 'order-7' });
    expect(middlewareSaw).toEqual(['order-7']);
  });
});

it('runs code in a changed context and restores the previous one', () => {
  const service = new RequestContextService();
  const deadline = Deadline.after(5, new FakeClock());
  runInContext({ correlationId: 'order-7' }, () => {
    service.run({ merchantId: 'm-1', deadline }, () =>
      expect(service.current).toEqual({ correlationId: 'order-7', merchantId: 'm-1', deadline }),
    );
    expect(service.current).toEqual({ correlationId: 'order-7' });
  });
});

describe('the boot fails', () => {
  const boot = (imports: DynamicModule[]) => Test.createTestingModule({ imports }).compile();

  it('when the timeout is not a duration', async () => {
    const options = { defaultTimeout: Number.NaN };
    await expect(boot([CorrelationModule.forRoot(options)])).rejects.toThrow(
      'CorrelationModule.defaultTimeout: got NaN',
    );
  });

  it.each([
    [{ minTimeout: '50ms' }, "CorrelationModule.minTimeout: got '50ms'; it applies at the edge"],
    [
      { edge: true, defaultTimeout: '50ms' },
      "CorrelationModule.minTimeout: got '50ms'; no request would be served",
    ],
    [{ edge: true, minTimeout: Number.NaN }, 'CorrelationModule.minTimeout: got NaN'],
  ] as const)('when the floor of deadlines is invalid: %j', async (options, message) => {
    await expect(boot([CorrelationModule.forRoot(options)])).rejects.toThrow(message);
  });

  it('when the module is imported with options twice', async () => {
    const twice = [
      CorrelationModule.forRoot({}),
      CorrelationModule.forRoot({ trustInbound: false }),
    ];
    await expect(boot(twice)).rejects.toThrow('CorrelationModule.forRoot: got 2; import it once');
  });
});
