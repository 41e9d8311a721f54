import { OptionError } from '@loyalnest/core';
import { eventually, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Body, Controller, Get, Module, Post, Res, Sse, type MessageEvent } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Observable } from 'rxjs';
import { connectionOf, type OpenConnection } from '../../test/open-connection.js';
import { HttpServerModule, type HttpServerModuleOptions } from '../index.js';
import { resolveHttpServer } from './http-server.options.js';

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`;

const EVENT_STREAM = { 'content-type': 'text/event-stream' };

@Controller()
class Routes {
  @Get('quick')
  quick(): string {
    return 'done';
  }

  @Get('held')
  held(): Promise<string> {
    return new Promise(() => {});
  }

  @Post('posted')
  posted(@Body() body: object): object {
    return body;
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return new Observable((subscriber) => subscriber.next({ data: 'first' }));
  }

  @Sse('silence')
  silence(): Observable<MessageEvent> {
    return new Observable();
  }

  @Get('raw-events')
  raw(@Res() reply: ServerResponse | { hijack(): void; raw: ServerResponse }): void {
    if ('hijack' in reply) reply.hijack();
    const response = 'raw' in reply ? reply.raw : reply;
    response.writeHead(200, EVENT_STREAM).write('data: first\n\n');
  }
}

forEachPlatform((platform) => {
  let running: RunningApp;
  const opened: OpenConnection[] = [];

  const start = async (options: HttpServerModuleOptions): Promise<void> => {
    @Module({ imports: [HttpServerModule.forRoot(options)], controllers: [Routes] })
    class App {}
    running = await platform.create(App, {
      configure: (app) =>
        void app.use('/refused', (_req: IncomingMessage, res: ServerResponse) => {
          res.writeHead(401).end('refused');
        }),
    });
  };

  const open = async (text?: string): Promise<OpenConnection> => {
    const connection = await connectionOf(running.app.getHttpServer() as Server);
    if (text !== undefined) connection.send(text);
    opened.push(connection);
    return connection;
  };

  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.close();
    await running.close();
  });

  it('has the limits of the production guide by default', async () => {
    await start({});
    expect(running.app.getHttpServer() as Server).toMatchObject({
      timeout: 30_000,
      keepAliveTimeout: 65_000,
      headersTimeout: 66_000,
      requestTimeout: 66_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
      maxRequestsPerSocket: 0,
    });
  });

  it('ends 1,000 requests whose bodies arrive too slowly', async () => {
    await start({ requestTimeout: '200ms', connectionsCheckingInterval: '20ms' });
    const head = 'POST /posted HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
    const slow = await Promise.all(
      Array.from({ length: 1_000 }, () => open(`${head}content-length: 100\r\n\r\n{`)),
    );
    const drip = setInterval(() => {
      for (const connection of slow) if (connection.isOpen) connection.send(' ');
    }, 50);
    await Promise.all(slow.map(({ closed }) => closed));
    clearInterval(drip);
  });

  it('ends connections whose headers arrive too slowly', async () => {
    await start({ headersTimeout: '200ms', connectionsCheckingInterval: '20ms' });
    const connection = await open('GET /quick HTTP/1.1\r\nhost: a\r\n');
    await connection.closed;
    expect(connection.received).not.toContain('done');
  });

  it('ends connections on which nothing happens', async () => {
    await start({ idleTimeout: '100ms' });
    const [silent, held] = [await open(), await open(get('/held'))];
    await Promise.all([silent.closed, held.closed]);
  });

  it('ends connections that wait too long for their next request, and no earlier', async () => {
    await start({ idleTimeout: '100ms', keepAliveTimeout: '600ms' });
    const connection = await open(get('/quick'));
    await eventually(() => connection.received.includes('done'));
    const other = await open();
    await other.closed;
    // The idle limit has passed, and the connection takes another request.
    connection.received = '';
    connection.send(get('/quick'));
    await eventually(() => connection.received.includes('done'));
    await connection.closed;
  });

  it('refuses headers that are too large with 431', async () => {
    await start({ maxHeaderSize: 2_048 });
    const connection = await open(get('/quick', `x-large: ${'a'.repeat(4_000)}\r\n`));
    await eventually(() => connection.received.startsWith('HTTP/1.1 431'));
  });

  it('asks the client to close a connection after its number of requests', async () => {
    await start({ maxRequestsPerSocket: 2 });
    const connection = await open(get('/quick'));
    await eventually(() => connection.received.includes('done'));
    expect(connection.received).not.toMatch(/connection: close/i);
    connection.send(get('/quick'));
    await eventually(() => connection.received.split('done').length === 3);
    expect(connection.received).toMatch(/connection: close/i);
  });

  it.each(['/events', '/raw-events'])(
    'keeps a silent event stream open with comments: %s',
    async (path) => {
      await start({ idleTimeout: '200ms', heartbeat: '100ms' });
      const [stream, silent] = [await open(get(path)), await open()];
      await eventually(() => stream.received.includes('data: first'));
      await silent.closed;
      await eventually(() => (stream.received.match(/^:\n/gm) ?? []).length >= 4);
      expect(stream.isOpen).toBe(true);
    },
  );

  it('does not cut an event stream without heartbeats, or before its first event', async () => {
    await start({ idleTimeout: '100ms', heartbeat: 0 });
    const streams = [await open(get('/events')), await open(get('/silence'))];
    for (let round = 0; round < 3; round++) await (await open()).closed;
    expect(streams.map(({ isOpen }) => isOpen)).toEqual([true, true]);
  });

  it.each([
    ['a small body', 'content-length: 100\r\n', '{'],
    ['a large body', 'content-length: 9000000\r\n', '{'],
    ['a body of unknown size', 'transfer-encoding: chunked\r\n', '1\r\n{\r\n'],
    ['a body that waits to be invited', 'content-length: 100\r\nexpect: 100-continue\r\n', ''],
  ])('ends a connection that was answered before %s has arrived', async (_what, headers, begun) => {
    await start({});
    const json = 'content-type: application/json\r\n';
    const connection = await open(
      `POST /refused HTTP/1.1\r\nhost: a\r\n${json}${headers}\r\n${begun}`,
    );
    await eventually(() => connection.received.includes('HTTP/1.1 401'));
    await connection.closed;
  });

  it('serves the next request if a small body arrives after its answer', async () => {
    await start({});
    const connection = await open('POST /refused HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n');
    await eventually(() => connection.received.includes('HTTP/1.1 401'));
    connection.send(`{}${get('/quick')}`);
    await eventually(() => connection.received.includes('done'));
    expect(connection.received).not.toMatch(/connection: close/i);
  });

  it('does not cut an upgraded connection', async () => {
    await start({ idleTimeout: '100ms' });
    const sockets: Duplex[] = [];
    (running.app.getHttpServer() as Server).on('upgrade', (_request, socket: Duplex) => {
      sockets.push(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n');
    });
    const headers = 'connection: upgrade\r\nupgrade: websocket\r\n';
    const upgraded = await open(get('/quick', headers));
    await eventually(() => upgraded.received.includes('101'));
    for (let round = 0; round < 3; round++) await (await open()).closed;
    expect(upgraded.isOpen).toBe(true);
    for (const socket of sockets) socket.destroy();
  });
});

it.each<[HttpServerModuleOptions, string]>([
  [{ idleTimeout: '-1s' as '1s' }, 'HttpServerModule.idleTimeout'],
  [
    { headersTimeout: '70s' },
    "HttpServerModule.headersTimeout: got '70s'; use at most requestTimeout, which is 66000 ms",
  ],
  [{ headersTimeout: 0 }, 'HttpServerModule.headersTimeout: got 0; use at most requestTimeout'],
  [{ connectionsCheckingInterval: 0 }, 'HttpServerModule.connectionsCheckingInterval'],
  [{ maxHeaderSize: 10 }, 'HttpServerModule.maxHeaderSize: got 10; use a whole number >= 1024'],
  [{ maxRequestsPerSocket: 1.5 }, 'HttpServerModule.maxRequestsPerSocket: got 1.5'],
  [
    { idleTimeout: '10s', heartbeat: '10s' },
    "HttpServerModule.heartbeat: got '10s'; use less than idleTimeout, which is 10000 ms",
  ],
  [{ heartbeat: 1 }, 'HttpServerModule.heartbeat: got 1; use 10 ms or more, or 0'],
])('refuses %p', (options, message) => {
  expect(() => resolveHttpServer(options)).toThrow(OptionError);
  expect(() => resolveHttpServer(options)).toThrow(message);
});

it('lets headersTimeout and heartbeat follow the other limits', () => {
  expect(resolveHttpServer({ requestTimeout: '10s', idleTimeout: '4s' })).toMatchObject({
    limits: { headersTimeoutMs: 10_000, requestTimeoutMs: 10_000 },
    heartbeatMs: 2_000,
  });
  expect(resolveHttpServer({ requestTimeout: 0 }).limits.headersTimeoutMs).toBe(66_000);
});
