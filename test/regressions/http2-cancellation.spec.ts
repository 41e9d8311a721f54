import { currentContext } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, RequestDeadlineModule } from '@loyalnest/http';
import { LoggingModule, MetricsModule } from '@loyalnest/observability';
import { eventually } from '@loyalnest/testing';
import { Controller, Get, Module, Param, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

const started: AbortSignal[] = [];
// nestjs-pino keeps one root logger per process, from the first application.
const lines: Record<string, unknown>[] = [];
const destination = {
  write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>),
};

@Controller()
class Shop {
  @Get('wait/:id')
  async wait(@Param('id') id: string): Promise<string> {
    const { signal } = currentContext()!;
    started.push(signal!);
    await new Promise((resolve) => signal!.addEventListener('abort', resolve));
    return id;
  }

  @Get('answer')
  answer(): string | undefined {
    started.push(currentContext()!.signal!);
    return 'answered';
  }
}

@Module({
  imports: [
    CorrelationModule.forRoot({}),
    LoggingModule.forRoot({ service: 'shop', destination }),
    MetricsModule.forRoot({ service: 'shop' }),
    ProblemDetailsModule.forRoot({}),
    RequestDeadlineModule.forRoot({}),
  ],
  controllers: [Shop],
})
class App {}

let app: INestApplication;
let session: ClientHttp2Session;

beforeEach(async () => {
  started.length = 0;
  lines.length = 0;
  app = await NestFactory.create(App, new FastifyAdapter({ http2: true } as never), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  session = connect(await app.getUrl());
});
afterEach(async () => {
  session.destroy();
  await app.close();
});

const open = (path: string, headers = {}): ClientHttp2Stream =>
  session.request({ ':path': path, ...headers }).on('error', () => undefined);

async function read(stream: ClientHttp2Stream): Promise<{ status: unknown; text: string }> {
  let status: unknown;
  let text = '';
  stream.on('response', (headers) => (status = headers[':status'])).setEncoding('utf8');
  for await (const chunk of stream) text += String(chunk);
  return { status, text };
}

it('a client that resets its HTTP/2 stream aborts the signal of the context', async () => {
  const stream = open('/wait/7');
  const other = open('/wait/8');
  await eventually(() => started.length === 2);
  stream.close(constants.NGHTTP2_CANCEL);
  await eventually(() => started.some(({ aborted }) => aborted));
  expect(started[0]!.reason).toMatchObject({ code: 'REQUEST_CANCELLED', reason: 'client-gone' });
  // Streams share a connection; the others go on.
  expect(started[1]!.aborted).toBe(false);
  await eventually(() => lines.some((line) => line['path'] === '/wait/7'));
  expect(lines.find((line) => line['path'] === '/wait/7')).toMatchObject({ aborted: true });
  const metrics = await read(open('/metrics'));
  expect(metrics.text).toMatch(/http_route="\/wait\/:id"[^}]*status_code="499"/);
  other.close(constants.NGHTTP2_CANCEL);
});

it('a client that closes its HTTP/2 connection aborts the signals of all its streams', async () => {
  open('/wait/7');
  open('/wait/8');
  await eventually(() => started.length === 2);
  session.destroy();
  await eventually(() => started.every(({ aborted }) => aborted));
});

it('an answered HTTP/2 request aborts nothing, is logged and measured', async () => {
  await expect(read(open('/answer'))).resolves.toEqual({ status: 200, text: 'answered' });
  await eventually(() => lines.some((line) => line['path'] === '/answer'));
  const [line] = lines.filter(({ path }) => path === '/answer');
  expect(line).toMatchObject({ method: 'GET', status: 200 });
  expect(line).not.toHaveProperty('aborted');
  expect(line).toHaveProperty('correlationId');
  expect(started[0]!.aborted).toBe(false);
  expect((await read(open('/metrics'))).text).toMatch(/http_route="\/answer"[^}]*="200"/);
});

it('an HTTP/2 request ends at its deadline with a problem', async () => {
  const answer = await read(open('/wait/7', { 'x-request-timeout-ms': '200' }));
  expect(answer.status).toBe(504);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});
