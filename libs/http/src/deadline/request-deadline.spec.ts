import { Deadline, runInContext } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Body,
  ConsoleLogger,
  Controller,
  Get,
  Header,
  Module,
  Post,
  Sse,
  UseGuards,
  type MessageEvent,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { request, type Server } from 'node:http';
import { Observable } from 'rxjs';
import { connectionOf } from '../../test/open-connection.js';
import { ProblemDetailsModule, RequestDeadlineModule } from '../index.js';

const LEFT_HEADER = 'x-left-ms';

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;
  let finish: (answer: string) => void;
  let fail: (error: Error) => void;
  let begun: number;
  let guarded: number;
  let letPass: (() => void) | undefined;
  let faults: string[];

  class Faults extends ConsoleLogger {
    override error(...args: unknown[]): void {
      faults.push(String(args[0]));
    }
  }

  class SlowGuard {
    async canActivate(): Promise<boolean> {
      guarded++;
      await new Promise<void>((resolve) => (letPass = resolve));
      return true;
    }
  }

  @Controller()
  class Routes {
    @Get('held')
    @Header('x-answered-by', 'the route')
    async held(): Promise<string> {
      begun++;
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    }

    @Post('posted')
    posted(@Body() body: object): object {
      begun++;
      return body;
    }

    @Get('stopped')
    stopped(): void {
      begun++;
    }

    @Get('guarded')
    @UseGuards(SlowGuard)
    guarded(): void {}

    @Sse('events')
    events(): Observable<MessageEvent> {
      return new Observable((subscriber) => {
        begun++;
        subscriber.next({ data: 'first' });
        finish = (data) => {
          subscriber.next({ data });
          subscriber.complete();
        };
      });
    }
  }

  /** Replaces the correlation module: runs each request in a context. */
  @Module({})
  class ContextModule {
    constructor(host: HttpAdapterHost) {
      host.init$.subscribe(() => {
        host.httpAdapter.use(
          (req: { headers: Record<string, string> }, _res: unknown, next: () => void) => {
            const left = req.headers[LEFT_HEADER];
            const deadline = left !== undefined && Deadline.after(Number(left), clock);
            runInContext({ correlationId: 'order-7', ...(deadline && { deadline }) }, next);
          },
        );
      });
    }
  }

  const start = async (options: { clock?: FakeClock }): Promise<void> => {
    begun = 0;
    guarded = 0;
    letPass = undefined;
    faults = [];
    @Module({
      imports: [
        ContextModule,
        ProblemDetailsModule.forRoot({}),
        RequestDeadlineModule.forRoot(options),
      ],
      controllers: [Routes],
    })
    class App {}
    running = await platform.create(App, {
      configure: (app) => {
        app.useLogger(new Faults());
        app.use(
          '/stopped',
          (_req: unknown, _res: unknown, next: () => void) => (letPass = AsyncResource.bind(next)),
        );
      },
    });
  };

  beforeEach(async () => {
    clock = new FakeClock();
    await start({ clock });
  });

  afterEach(() => running.close());

  const get = (path: string, left?: string): Promise<Response> =>
    fetch(running.url + path, { headers: left === undefined ? {} : { [LEFT_HEADER]: left } });

  it('answers 504 at the deadline if the route has not answered', async () => {
    const answer = get('/held?token=secret', '800');
    await eventually(() => begun === 1);
    await clock.advance(799);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    const response = await answer;
    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      correlationId: 'order-7',
    });
  });

  it.each([
    ['answers', () => finish('too late'), []],
    ['fails', () => fail(new Error('late')), ['GET /held failed (correlation id order-7)']],
  ])('is not disturbed by a route that %s later', async (_what, end, logged) => {
    const answer = get('/held', '800');
    await eventually(() => begun === 1);
    await clock.advance(800);
    expect((await answer).status).toBe(504);
    end();
    // The connection serves another request, and nothing of the first answer is left on it.
    const next = get('/held');
    await eventually(() => begun === 2);
    finish('in time');
    expect(await (await next).text()).toBe('in time');
    expect(faults).toEqual(logged);
  });

  it('does not change an answer in time, and leaves no timer', async () => {
    const answer = get('/held', '800');
    await eventually(() => begun === 1);
    finish('in time');
    expect(await (await answer).text()).toBe('in time');
    await eventually(() => clock.pendingTimers === 0);
  });

  it('answers by the deadline while a guard holds the request', async () => {
    const answer = get('/guarded', '800');
    await eventually(() => guarded === 1);
    await clock.advance(800);
    expect((await answer).status).toBe(504);
    letPass!();
  });

  it('starts no route if middleware held the request past the deadline', async () => {
    const answer = get('/stopped', '800');
    await eventually(() => letPass !== undefined);
    await clock.advance(800);
    letPass!();
    expect((await answer).status).toBe(504);
    const next = get('/held');
    await eventually(() => begun > 0);
    finish('the only one that began');
    await next;
    expect(begun).toBe(1);
  });

  it('answers by the deadline while the body arrives, and starts no route after it', async () => {
    const headers = { [LEFT_HEADER]: '800', 'content-type': 'application/json' };
    const upload = request(`${running.url}/posted`, { method: 'POST', headers });
    upload.write('{"points":');
    const answered = once(upload, 'response') as Promise<[{ readonly statusCode: number }]>;
    await eventually(() => clock.pendingTimers === 1);
    await clock.advance(800);
    const [{ statusCode }] = await answered;
    expect(statusCode).toBe(504);
    upload.end('25}');
    await get('/nowhere');
    expect(begun).toBe(0);
    upload.destroy();
  });

  it.each([
    ['reaches its deadline', '800'],
    ['arrives after its deadline', '0'],
  ])('closes the connection of a request that %s before its body', async (_when, left) => {
    const connection = await connectionOf(running.app.getHttpServer() as Server);
    const head = `POST /posted HTTP/1.1\r\nhost: a\r\n${LEFT_HEADER}: ${left}\r\n`;
    connection.send(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
    await eventually(() => clock.pendingTimers === 1);
    await clock.advance(Number(left));
    // Then a timer waits for the rest of the body.
    await eventually(() => connection.received.includes('504') && clock.pendingTimers === 1);
    await clock.advance(1_000);
    await connection.closed;
    expect(begun).toBe(0);
  });

  it('starts no route for a request that arrives after its deadline', async () => {
    await running.close();
    // Timers of the real clock fire later, even those of 0 ms.
    await start({});
    expect((await get('/held', '0')).status).toBe(504);
    expect(begun).toBe(0);
  });

  it.each([
    ['a request without a deadline', '/held', undefined],
    ['events that have begun', '/events', '800'],
  ])('does not end %s', async (_what, path, left) => {
    const answer = get(path, left);
    await eventually(() => begun === 1);
    if (left) await answer;
    await clock.advance(3_600_000);
    finish('late');
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('late');
  });
});
