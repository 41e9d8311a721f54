import { CorrelationModule } from '@loyalnest/correlation';
import { ProblemDetailsModule, RequestDeadlineModule } from '@loyalnest/http';
import { Logger, LoggingModule } from '@loyalnest/observability';
import { eventually, forEachPlatform } from '@loyalnest/testing';
import { Controller, Get, Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import type { ServerResponse } from 'node:http';

type Line = Readonly<Record<string, unknown>>;

// nestjs-pino keeps one root logger per process, from the first application.
const lines: Line[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };

/** Called when a request has reached the route that never answers. */
let whenHanging = (): void => {};

@Controller()
class Orders {
  @Get('hang')
  hang(): Promise<never> {
    whenHanging();
    return new Promise(() => undefined);
  }
}

const modules = () => [
  CorrelationModule.forRoot({}),
  LoggingModule.forRoot({ service: 'orders', destination }),
  RequestDeadlineModule.forRoot({}),
  ProblemDetailsModule.forRoot({}),
];

afterEach(() => {
  whenHanging = () => {};
});

forEachPlatform((platform) => {
  describe.each([
    ['first', modules()],
    ['last', modules().toReversed()],
  ])('with CorrelationModule imported %s', (_place, imports) => {
    @Module({ imports, controllers: [Orders] })
    class App implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        const refuse = (_req: unknown, res: ServerResponse): void => {
          res.writeHead(403).end();
        };
        consumer.apply(refuse).forRoutes('closed');
      }
    }

    async function linesOf(
      path: string,
      headers: Readonly<Record<string, string>>,
      signal?: AbortSignal,
    ) {
      lines.length = 0;
      const running = await platform.create(App);
      running.app.useLogger(running.app.get(Logger));
      const { status } = await fetch(running.url + path, { headers, signal: signal ?? null }).catch(
        () => ({ status: undefined }),
      );
      const mine = () => lines.filter((line) => line['path'] === path);
      await eventually(() => mine().length > 0);
      await running.close();
      return { status, lines: mine() };
    }

    it('answers a request at its deadline and logs it with its correlation id', async () => {
      const headers = { 'x-correlation-id': 'order-7', 'x-request-timeout-ms': '50' };
      expect(await linesOf('/hang', headers)).toEqual({
        status: 504,
        lines: [expect.objectContaining({ level: 'error', status: 504, correlationId: 'order-7' })],
      });
    });

    it('logs a request whose client disconnected with its correlation id', async () => {
      const headers = { 'x-correlation-id': 'order-9' };
      const client = new AbortController();
      whenHanging = () => client.abort();
      expect(await linesOf('/hang', headers, client.signal)).toEqual({
        status: undefined,
        lines: [expect.objectContaining({ aborted: true, correlationId: 'order-9' })],
      });
    });

    it('logs a request that middleware answers once', async () => {
      expect(await linesOf('/closed', { 'x-correlation-id': 'order-8' })).toEqual({
        status: 403,
        lines: [expect.objectContaining({ status: 403, correlationId: 'order-8' })],
      });
    });
  });
});
