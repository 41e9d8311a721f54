import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Header, Module, Res, Sse, type MessageEvent } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { Duplex } from 'node:stream';
import { interval, map, type Observable } from 'rxjs';
import { FakeProcess } from '../../test/fake-process.js';
import { GracefulShutdown, GracefulShutdownModule } from '../index.js';

const held: (() => void)[] = [];

@Controller()
class Streams {
  @Sse('ticks')
  ticks(): Observable<MessageEvent> {
    return interval(5).pipe(map((tick) => ({ data: String(tick) })));
  }

  /** Not an event stream: a client could not tell a truncated download from a complete one. */
  @Get('download')
  @Header('content-type', 'text/plain')
  download(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    const raw = response.raw ?? response;
    raw.writeHead(200, { 'content-type': 'text/plain' }).write('begin');
    held.push(() => raw.end(' end'));
  }

  @Get('hold')
  async hold(): Promise<string> {
    await new Promise<void>((resolve) => held.push(resolve));
    return 'held';
  }
}

/** Answers a WebSocket handshake (RFC 6455, 4.2.2) and then never reads a frame. */
function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  socket.write(`${head}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
}

function appModule(options: object) {
  @Module({ imports: [GracefulShutdownModule.forRoot(options)], controllers: [Streams] })
  class App {}
  return App;
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;
  let control: FakeProcess;

  const ended = (): Promise<unknown> => eventually(() => control.exits.length > 0);

  beforeEach(async () => {
    clock = new FakeClock();
    control = new FakeProcess();
    const module = appModule({ clock, process: control, propagationDelay: '5s' });
    running = await platform.create(module, {
      configure: (app) => app.get(GracefulShutdown).attach(app),
    });
  });

  afterEach(async () => {
    for (const release of held.splice(0)) release();
    (running.app.getHttpServer() as Server).closeAllConnections();
    await running.close();
  });

  it('serves an event stream until the endpoint is removed, then ends it with a last event', async () => {
    const response = await fetch(`${running.url}/ticks`);
    let text = '';
    let isOver = false;
    const reading = (async () => {
      for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
      isOver = true;
    })();
    await eventually(() => text.includes('data: 0'));
    control.send('SIGTERM');
    await clock.advance(4_999);
    const before = text.length;
    await eventually(() => text.length > before);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await reading;
    expect(text).toMatch(/event: shutting-down\ndata:\n\n$/);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('lets any other stream finish', async () => {
    const response = await fetch(`${running.url}/download`);
    control.send('SIGTERM');
    await clock.advance(10_000);
    expect(control.exits).toEqual([]);
    held.splice(0)[0]!();
    expect(await response.text()).toBe('begin end');
    await ended();
    expect(control.exits).toEqual([0]);
  });

  describe('a WebSocket', () => {
    let client: WebSocket;
    let server: Duplex;
    let closed: Promise<CloseEvent>;

    beforeEach(async () => {
      (running.app.getHttpServer() as Server).on('upgrade', (request, socket: Duplex) => {
        server = socket;
        acceptWebSocket(request, socket);
      });
      client = new WebSocket(`${running.url.replace('http', 'ws')}/live?token=1`);
      closed = new Promise((resolve) => client.addEventListener('close', resolve));
      await new Promise((resolve) => client.addEventListener('open', resolve));
    });

    it('gets a close frame that says the server is going away', async () => {
      server.once('data', () => server.end());
      control.send('SIGTERM');
      await clock.advance(5_000);
      expect(await closed).toMatchObject({ code: 1001, reason: 'shutting down', wasClean: true });
      await ended();
      expect(control.exits).toEqual([0]);
    });

    it('is destroyed after two seconds if the close frame is not answered', async () => {
      control.send('SIGTERM');
      await clock.advance(6_999);
      expect(control.exits).toEqual([]);
      await clock.advance(1);
      await closed;
      await ended();
      expect(control.exits).toEqual([0]);
    });
  });

  it('waits for a connection of another protocol, then reports it as stuck', async () => {
    const server = running.app.getHttpServer() as Server;
    server.on('upgrade', (_request, socket: Duplex) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: wire\r\nConnection: Upgrade\r\n\r\n',
      );
    });
    const { request } = await import('node:http');
    const call = request(`${running.url}/wire?secret=1`, {
      headers: { connection: 'Upgrade', upgrade: 'wire' },
    }).end();
    const socket = await new Promise<Duplex>((resolve) =>
      call.once('upgrade', (_response, upgraded) => resolve(upgraded)),
    );
    const cutOff = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    control.send('SIGTERM');
    await clock.advance(14_999);
    expect(control.exits).toEqual([]);
    await clock.advance(1);
    await cutOff;
    await ended();
    expect(control.exits).toEqual([1]);
  });

  it('serves a request as HTTP if it asks for an upgrade that nothing handles', async () => {
    const { request } = await import('node:http');
    const headers = { connection: 'Upgrade', upgrade: 'h2c' };
    const answer = new Promise<number | undefined>((resolve) => {
      const call = request(`${running.url}/hold`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.end();
    });
    await eventually(() => held.length === 1);
    held.splice(0)[0]!();
    expect(await answer).toBe(200);
  });
});

it('sends HTTP/2 clients a GOAWAY and serves the streams that they have opened', async () => {
  const control = new FakeProcess();
  const clock = new FakeClock();
  const app = await NestFactory.create(
    appModule({ process: control, clock, propagationDelay: '5s' }),
    new FastifyAdapter({ http2: true } as never),
    { logger: false },
  );
  app.get(GracefulShutdown).attach(app);
  await app.listen(0, '127.0.0.1');
  const client = connectHttp2(await app.getUrl());
  const goneAway: number[] = [];
  client.on('goaway', (_code, lastStream) => goneAway.push(lastStream));
  const statusOf = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const stream = client.request({ ':path': path });
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', reject).resume();
    });
  const call = statusOf('/hold');
  await eventually(() => held.length === 1);
  control.send('SIGTERM');
  await eventually(() => goneAway.length > 0);
  expect(goneAway[0]).toBe(2 ** 31 - 1);
  await clock.advance(6_000);
  expect(control.exits).toEqual([]);
  held.splice(0)[0]!();
  expect(await call).toBe(200);
  await eventually(() => control.exits.length > 0);
  expect(control.exits).toEqual([0]);
});
