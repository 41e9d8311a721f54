import { Deadline, OBSERVE_METRICS, runInContext, SystemClock } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Header, HttpCode, Module, Post, Res } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { AdaptiveLimit } from '@loyalnest/core/toolkit';
import { OverloadModule, ProblemDetailsModule, RequestDeadlineModule } from '../index.js';
import { InFlight } from './in-flight.js';
import { OverloadGate } from './overload-gate.js';

interface FastifyReply {
  hijack(): void;
  readonly raw: ServerResponse;
}

@Controller()
class Routes {
  @Get('held')
  held(): Promise<string> {
    return new Promise(() => {});
  }

  @Post('held')
  post(): Promise<string> {
    return new Promise(() => {});
  }

  @Get('quick')
  quick(): string {
    return 'done';
  }

  @Get('unchanged')
  @HttpCode(304)
  unchanged(): void {}

  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }

  @Get('hijacked')
  @Header('x-kind', 'hijacked')
  hijacked(@Res() reply: ServerResponse | FastifyReply): void {
    if ('hijack' in reply) reply.hijack();
    ('raw' in reply ? reply.raw : reply).writeHead(200).write('begun');
  }
}

@Module({
  imports: [
    OverloadModule.forRoot({}),
    RequestDeadlineModule.forRoot({}),
    ProblemDetailsModule.forRoot({}),
  ],
  controllers: [Routes],
})
class App {
  constructor(host: HttpAdapterHost) {
    host.init$.subscribe(() => {
      host.httpAdapter.use(
        (req: { headers: Record<string, string> }, _res: unknown, next: () => void) => {
          const left = req.headers['x-left-ms'];
          const deadline = left !== undefined && Deadline.after(Number(left), new SystemClock());
          runInContext({ correlationId: 'order-7', ...(deadline && { deadline }) }, next);
        },
      );
    });
  }
}

function gauge(gate: OverloadGate): number {
  const name = 'loyalnest_http_requests_in_flight';
  return gate[OBSERVE_METRICS]().find((measurement) => measurement.name === name)!.value;
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let gate: OverloadGate;
  const sockets: Socket[] = [];

  const open = async (text: string): Promise<Socket> => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => undefined).on('data', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  const request = (method: string, path: string, more = ''): string =>
    `${method} ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`;
  const count = (expected: number) => eventually(() => expect(gauge(gate)).toBe(expected));

  beforeAll(async () => {
    running = await platform.create(App);
    gate = running.app.get(OverloadGate);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await count(0);
  });

  afterAll(() => running.close());

  it.each([
    ['GET', '/quick', 200],
    ['HEAD', '/quick', 200],
    ['GET', '/unchanged', 304],
    ['GET', '/broken', 500],
    ['GET', '/missing', 404],
    ['GET', '/held', 504],
  ])('counts %s %s no longer once it was answered %i', async (method, path, status) => {
    const headers: Record<string, string> = status === 504 ? { 'x-left-ms': '50' } : {};
    expect((await fetch(running.url + path, { method, headers })).status).toBe(status);
    await count(0);
  });

  it('counts a request until its client leaves', async () => {
    const socket = await open(request('GET', '/held'));
    await count(1);
    socket.destroy();
    await count(0);
  });

  it('counts pipelined requests until their connection closes', async () => {
    const socket = await open(request('GET', '/held').repeat(3));
    await count(3);
    socket.destroy();
    await count(0);
  });

  it('counts hijacked answers until they have begun', async () => {
    const socket = await open(request('GET', '/hijacked'));
    await once(socket, 'data');
    await count(0);
    expect(socket.closed).toBe(false);
  });

  it('counts a request once its body has arrived, whether or not a handler reads it', async () => {
    const json = 'content-type: application/json\r\ncontent-length: 2\r\n';
    const parsed = await open(`${request('POST', '/held', json)}{`);
    const text = 'content-type: application/x-unknown\r\ncontent-length: 2\r\n';
    if (platform.name === 'express') await open(`${request('POST', '/held', text)}ab`);
    const expected = platform.name === 'express' ? 1 : 0;
    await count(expected);
    parsed.write('}');
    await count(expected + 1);
  });

  it('lets upgrades pass', async () => {
    const upgraded = once(running.app.getHttpServer() as Server, 'upgrade');
    await open(request('GET', '/socket', 'connection: upgrade\r\nupgrade: websocket\r\n'));
    const [, socket] = (await upgraded) as [unknown, Socket];
    socket.destroy();
    expect(gauge(gate)).toBe(0);
  });
});

describe('over HTTP/2', () => {
  let app: NestFastifyApplication;
  let session: ClientHttp2Session;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(
      App,
      new FastifyAdapter({ http2: true } as never),
      { logger: false },
    );
    await app.listen(0, '127.0.0.1');
    session = connectHttp2((await app.getUrl()).replace(/\/$/, ''));
  });

  afterAll(async () => {
    session.destroy();
    await app.close();
  });

  const statusOf = async (path: string): Promise<unknown> => {
    const stream = session.request({ ':path': path });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.resume();
    await once(stream, 'close');
    return headers[':status'];
  };

  it('counts a stream until it ends or is cancelled', async () => {
    const gate = app.get(OverloadGate);
    expect(await statusOf('/quick')).toBe(200);
    const held = session.request({ ':path': '/held' });
    const posted = session.request({ ':path': '/held', ':method': 'POST' }, { endStream: true });
    await eventually(() => expect(gauge(gate)).toBe(2));
    held.close();
    posted.close();
    await eventually(() => expect(gauge(gate)).toBe(0));
  });
});

it('leaves no timer of its own behind', async () => {
  const clock = new FakeClock();
  @Module({ imports: [OverloadModule.forRoot({ clock })] })
  class Quiet {}
  const app = await NestFactory.create(Quiet, new FastifyAdapter(), { logger: false });
  await app.init();
  await app.close();
  expect(clock.pendingTimers).toBe(0);
});

it('neither counts nor measures how long a client reads', async () => {
  const clock = new FakeClock();
  const limiter = new AdaptiveLimit({ initial: 20, min: 1, max: 20 }, clock);
  const observed = jest.spyOn(limiter, 'observe');
  const inFlight = new InFlight(limiter, clock);
  const server = createServer((req, res) => {
    inFlight.track(req, res);
    expect(inFlight.size).toBe(1);
    // More than the buffers of both sides hold, and the client reads none of it.
    res.end(Buffer.alloc(32 * 1_024 * 1_024));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.pause().write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await eventually(() => expect(observed.mock.calls).toEqual([[0, 1]]));
  expect(inFlight.size).toBe(0);
  await clock.advance(500);
  const left = once(server.close(), 'close');
  client.destroy();
  await left;
  expect(observed).toHaveBeenCalledTimes(1);
});
