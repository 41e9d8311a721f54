import { CertificateAuthority, eventually } from '@loyalnest/testing';
import { Controller, Module, Sse, type INestApplication, type MessageEvent } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2SecureServer,
  type ServerHttp2Session,
} from 'node:http2';
import { Observable } from 'rxjs';
import { HttpServerModule } from '../index.js';

@Controller()
class Routes {
  @Sse('events')
  events(): Observable<MessageEvent> {
    return new Observable((subscriber) => subscriber.next({ data: 'first' }));
  }
}

let authority: CertificateAuthority;
let app: INestApplication;
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
});
afterAll(() => authority.remove());
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await app.close();
});

const start = async (heartbeat: '100ms' | 0): Promise<void> => {
  @Module({
    imports: [HttpServerModule.forRoot({ idleTimeout: '200ms', heartbeat })],
    controllers: [Routes],
  })
  class App {}
  const { cert, key } = await authority.issue('server');
  // With HTTP/1 allowed, the server has the limits of HTTP/1, and Node applies the idle one to sessions.
  const adapter = new FastifyAdapter({
    http2: true,
    https: { allowHTTP1: true, cert, key },
  } as never);
  app = await NestFactory.create(App, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
};

const open = async (): Promise<ClientHttp2Session> => {
  const session = connect(await app.getUrl(), { ca: authority.cert });
  sessions.push(session.on('error', () => undefined));
  await once(session, 'connect');
  return session;
};

function received(stream: ClientHttp2Stream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

it('ends a silent session only if it has no event stream', async () => {
  await start(0);
  const server = app.getHttpServer() as Http2SecureServer;
  const known: ServerHttp2Session[] = [];
  server.on('session', (session: ServerHttp2Session) => known.push(session));
  const [first, silent] = [await open(), await open()];
  const stream = first.request({ ':path': '/events' }).on('error', () => undefined);
  const text = received(stream);
  await eventually(() => text().includes('data: first'));
  // Node emits it after the idle time.
  for (const session of known) server.emit('timeout', session);
  await eventually(() => silent.destroyed);
  expect(known.filter(({ destroyed }) => !destroyed)).toHaveLength(1);
  expect(stream.closed).toBe(false);
});

it('sends heartbeats on a stream whose session is busy with others', async () => {
  await start('100ms');
  const session = await open();
  const text = received(session.request({ ':path': '/events' }));
  const other = received(session.request({ ':path': '/events' }));
  await eventually(() => [text(), other()].every((all) => (all.match(/^:$/gm) ?? []).length >= 3));
});
