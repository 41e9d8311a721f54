import { OBSERVE_METRICS, ON_SHUTDOWN, OptionError } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Controller,
  Get,
  Head,
  Logger,
  Module,
  Post,
  Sse,
  type MessageEvent,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import { connectionOf } from '../../test/open-connection.js';
import { NEVER, Observable } from 'rxjs';
import {
  LongPoll,
  OverloadModule,
  ProblemDetailsModule,
  RequestPriority,
  requestsRefused,
  type OverloadModuleOptions,
  type RequestsRefused,
} from '../index.js';
import { OverloadGate } from './overload-gate.js';

/** The held requests end when a test says so. */
let release: () => void;
let held: Promise<string>;
let holding = 0;

function hold(): Promise<string> {
  holding++;
  return held;
}

@Controller({ path: 'orders', version: ['1', '2'] })
class OrdersController {
  @Get(':id')
  find(): Promise<string> {
    return hold();
  }

  @Head('quick/:id')
  head(): string {
    return '';
  }

  @Post()
  create(): Promise<string> {
    return hold();
  }

  @RequestPriority('webhook')
  @Post('hook')
  hook(): Promise<string> {
    return hold();
  }

  @RequestPriority('read')
  @Post('search')
  search(): string {
    return 'found';
  }

  @LongPoll()
  @Get('poll/next')
  poll(): Promise<string> {
    return hold();
  }

  @Sse('feed/events')
  feed(): Observable<MessageEvent> {
    holding++;
    return NEVER;
  }
}

class Pages {
  @Get('page')
  page(): string {
    return 'page';
  }
}

@RequestPriority('critical')
@Controller('status')
class StatusController extends Pages {}

@Controller('shop')
class ShopController extends Pages {}

/** A clock that can also jump without a turn of the event loop. */
class SteeredClock extends FakeClock {
  lateMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.lateMs;
  }
}

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Reads are refused at 8 requests, writes at 9, webhooks at 10. */
const TEN: OverloadModuleOptions = { concurrency: { initial: 10, min: 10, max: 10 } };

forEachPlatform((platform) => {
  const apps: RunningApp[] = [];
  const events: RequestsRefused[] = [];
  const onEvent = (event: RequestsRefused): void => void events.push(event);
  const lines: string[] = [];
  let url: string;
  let unsubscribe: () => void;
  let leaving: AbortController;

  const start = async (options: OverloadModuleOptions = TEN): Promise<RunningApp> => {
    @Module({
      imports: [OverloadModule.forRoot(options), ProblemDetailsModule.forRoot({})],
      controllers: [OrdersController, StatusController, ShopController],
    })
    class App {}
    const app = await platform.create(App, {
      configure: (nest) => {
        nest.enableVersioning();
        nest.setGlobalPrefix('api');
        nest.enableCors();
      },
    });
    apps.push(app);
    url = app.url;
    return app;
  };

  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/${path}`, { method, headers, signal: leaving.signal });

  const occupy = async (count: number, method = 'GET', path = 'v1/orders/1'): Promise<void> => {
    const before = holding;
    for (let i = 0; i < count; i++) void call(method, path).catch(() => undefined);
    await eventually(() => expect(holding).toBe(before + count));
  };

  const inFlight = ({ app }: RunningApp): number => {
    const gauges = app.get(OverloadGate)[OBSERVE_METRICS]();
    return gauges.find(({ name }) => name === 'loyalnest_http_requests_in_flight')!.value;
  };

  beforeEach(() => {
    holding = 0;
    leaving = new AbortController();
    held = new Promise((resolve) => (release = () => resolve('done')));
    unsubscribe = requestsRefused.subscribe(onEvent);
    jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((line: string) => void lines.push(line));
  });

  afterEach(async () => {
    release();
    leaving.abort();
    await Promise.all(apps.splice(0).map(({ close }) => close()));
    unsubscribe();
    jest.restoreAllMocks();
    events.length = 0;
    lines.length = 0;
  });

  it('refuses reads first, then writes, then webhooks, and critical routes never', async () => {
    await start();
    const statuses = async (): Promise<object> => ({
      read: (await call('POST', 'v2/orders/search')).status,
      unknown: (await call('GET', 'nowhere')).status,
      inherited: (await call('GET', 'shop/page')).status,
      critical: (await call('GET', 'status/page')).status,
    });
    await occupy(7);
    expect(await statuses()).toEqual({ read: 201, unknown: 404, inherited: 200, critical: 200 });
    await occupy(1);
    expect(await statuses()).toEqual({ read: 503, unknown: 503, inherited: 503, critical: 200 });
    await occupy(1, 'POST', 'v2/orders');
    expect((await call('POST', 'v1/orders')).status).toBe(503);
    await occupy(1, 'POST', 'v1/orders/hook');
    expect((await call('POST', 'v1/orders/hook')).status).toBe(503);
    expect(await statuses()).toMatchObject({ critical: 200 });
  });

  it('answers 503 with Retry-After, problem details and the correlation id', async () => {
    await start();
    await occupy(8);
    const answer = await call('GET', 'v1/orders/7?token=secret', { 'x-correlation-id': 'order-7' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(answer.headers.get('x-correlation-id')).toBe('order-7');
    expect(answer.headers.get('connection')).not.toBe('close');
    const problem: unknown = await answer.json();
    expect(problem).toMatchObject({
      status: 503,
      code: 'OVERLOADED',
      instance: '/api/v1/orders/7',
    });
    expect(JSON.stringify(problem)).not.toContain('secret');
    const injected = await call('GET', 'v1/orders/7', { 'x-correlation-id': 'a b"c' });
    expect(injected.headers.get('x-correlation-id')).toBeNull();
    expect(await (await call('HEAD', 'v1/orders/quick/7')).text()).toBe('');
  });

  it('refuses before listeners see the request, whenever they were added, and whoever removes them', async () => {
    const { app } = await start();
    await occupy(8);
    const server = app.getHttpServer() as Server;
    const seen: (string | undefined)[] = [];
    const listener = (req: IncomingMessage): void => void seen.push(req.url);
    server.on('request', listener);
    server.prependListener('request', listener);
    await call('GET', 'v1/orders/refused');
    await call('GET', 'status/page');
    expect(seen).toEqual(['/api/status/page', '/api/status/page']);
    server.removeListener('request', listener);
    server.removeListener('request', listener);
    await call('GET', 'status/page');
    expect(seen).toHaveLength(2);
  });

  it('neither counts nor measures event streams, long polls and critical requests', async () => {
    const running = await start();
    await occupy(12, 'GET', 'v1/orders/poll/next');
    await occupy(12, 'GET', 'v1/orders/feed/events');
    expect(inFlight(running)).toBe(0);
    expect((await call('GET', 'shop/page')).status).toBe(200);
  });

  it('treats a preflight like the request that it announces', async () => {
    await start();
    await occupy(8);
    const preflight = (method: string, path: string) =>
      call('OPTIONS', path, {
        origin: 'https://shop.example',
        'access-control-request-method': method,
      });
    expect((await preflight('GET', 'v1/orders/1')).status).toBe(503);
    expect((await preflight('POST', 'v1/orders')).status).toBe(204);
    expect((await preflight('GET', 'status/page')).status).toBe(204);
  });

  it('publishes and logs refusals in aggregate', async () => {
    const clock = new FakeClock();
    const running = await start({ ...TEN, clock });
    await occupy(8);
    await Promise.all(Array.from({ length: 5 }, () => call('GET', 'v1/orders/1')));
    expect(events).toEqual([]);
    await clock.advance(1_000);
    expect(events).toMatchObject([{ priority: 'read', reason: 'limit-reached', count: 5 }]);
    expect(lines).toEqual([
      'refused 5 requests because of overload: 5 read (limit-reached); 8 in flight, limit 10',
    ]);
    await Promise.all(Array.from({ length: 3 }, () => call('GET', 'v1/orders/1')));
    await clock.advance(1_000);
    expect(events[1]).toMatchObject({ count: 3 });
    expect(lines).toHaveLength(1);
    await clock.advance(9_000);
    expect(lines[1]).toMatch(/^refused 3 requests/);
    await clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
    await call('GET', 'v1/orders/1');
    release();
    await running.close();
    expect(events[2]).toMatchObject({ count: 1 });
  });

  it('refuses nothing and measures nothing if it is not enabled', async () => {
    const running = await start({ ...TEN, enabled: false });
    await occupy(12);
    expect((await call('GET', 'shop/page')).status).toBe(200);
    expect(running.app.get(OverloadGate)[OBSERVE_METRICS]()).toEqual([]);
  });

  it('keeps the limits of several applications in one process apart', async () => {
    await start();
    await occupy(8);
    expect((await call('GET', 'shop/page')).status).toBe(503);
    await start();
    expect((await call('GET', 'shop/page')).status).toBe(200);
  });

  it('refuses by importance while the event loop is late, and nothing once it is on time', async () => {
    const clock = new SteeredClock();
    const { app } = await start({ loopDelay: '40ms', clock });
    const server = app.getHttpServer() as Server;
    let accepted = 0;
    server.on('connection', () => accepted++);
    const connections = await Promise.all(
      ['GET /api/shop/page', 'GET /api/status/page'].map(async (line) => {
        const connection = await connectionOf(server);
        return { connection, line };
      }),
    );
    await eventually(() => accepted === 2);
    // The system takes them at once, before the loop is blocked, and they are read after it.
    for (const { connection, line } of connections) {
      connection.send(`${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    }
    clock.lateMs += 1_500;
    block(150);
    await Promise.all(connections.map(({ connection }) => connection.closed));
    const [read, critical] = connections.map(({ connection }) => connection.received);
    expect(read).toContain('"code":"OVERLOADED"');
    expect(critical).toContain('200 OK');
    await eventually(async () => (await call('GET', 'shop/page')).status === 200);
    await clock.advance(1_000);
    expect(events).toMatchObject([{ priority: 'read', reason: 'loop-late' }]);
  });

  it('does not invite the body of a refused request', async () => {
    await start();
    await occupy(8);
    await occupy(1, 'POST', 'v1/orders');
    const seen: string[] = [];
    const upload = request(`${url}/api/v1/orders`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 10_000_000 },
    });
    upload.on('continue', () => seen.push('continue')).flushHeaders();
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    upload.destroy();
    expect([response.statusCode, seen]).toEqual([503, []]);
  });

  it('invites the body of an admitted request', async () => {
    await start();
    const upload = request(`${url}/api/v1/orders/search`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 2, 'content-type': 'application/json' },
    });
    upload.flushHeaders();
    await once(upload, 'continue');
    upload.end('{}');
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(201);
  });

  it('closes the connections of refused requests during a shutdown', async () => {
    const { app } = await start();
    await occupy(8);
    app.get(OverloadGate)[ON_SHUTDOWN]();
    const answer = await call('GET', 'v1/orders/1');
    expect(answer.headers.get('connection')).toBe('close');
  });
});

it('does nothing in an application without an HTTP server', async () => {
  @Module({ imports: [OverloadModule.forRoot({})] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  expect(app.get(OverloadGate)[OBSERVE_METRICS]()).toEqual([]);
  await app.close();
});

it.each([
  [{ enabled: 'no' as never }, "OverloadModule.enabled: got 'no'; use true or false"],
  [{ loopDelay: '5ms' }, 'OverloadModule.loopDelay'],
  [{ loopDelay: Number.NaN }, 'OverloadModule.loopDelay'],
  [{ retryAfter: '10ms' }, 'OverloadModule.retryAfter'],
  [{ concurrency: { min: 0 } }, 'OverloadModule.concurrency.min: got 0; use a whole number >= 1'],
  [{ concurrency: { initial: 5 } }, 'OverloadModule.concurrency.initial: got 5'],
] as const)('fails the boot with %p', async (options, message) => {
  @Module({ imports: [OverloadModule.forRoot(options)] })
  class App {}
  const boot = NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  await expect(boot).rejects.toThrow(message);
  await expect(boot).rejects.toBeInstanceOf(OptionError);
});
