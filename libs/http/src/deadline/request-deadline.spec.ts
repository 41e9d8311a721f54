import { Deadline, runInContext } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Module, Sse, type MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import { ProblemDetailsModule, RequestDeadlineModule } from '../index.js';

const LEFT_HEADER = 'x-left-ms';

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;
  let finish: (answer: string) => void;
  let fail: (error: Error) => void;
  let begun: number;

  @Controller()
  class Routes {
    @Get('held')
    async held(): Promise<string> {
      begun++;
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    }

    @Sse('events')
    events(): Observable<MessageEvent> {
      return new Observable((subscriber) => {
        begun++;
        finish = (data) => {
          subscriber.next({ data });
          subscriber.complete();
        };
      });
    }
  }

  beforeEach(async () => {
    begun = 0;
    clock = new FakeClock();
    @Module({
      imports: [ProblemDetailsModule.forRoot({}), RequestDeadlineModule.forRoot({ clock })],
      controllers: [Routes],
    })
    class App {}
    running = await platform.create(App, {
      // Stands for the correlation module: a context around each request.
      configure: (app) =>
        void app.use(
          (req: { headers: Record<string, string> }, _res: unknown, next: () => void) => {
            const left = req.headers[LEFT_HEADER];
            const deadline = left !== undefined && Deadline.after(Number(left), clock);
            runInContext({ correlationId: 'order-7', ...(deadline && { deadline }) }, next);
          },
        ),
    });
  });

  afterEach(() => running.close());

  const get = (path: string, left?: string): Promise<Response> =>
    fetch(running.url + path, { headers: left === undefined ? {} : { [LEFT_HEADER]: left } });

  it('answers 504 at the deadline where the route has not answered', async () => {
    const answer = get('/held?token=secret', '800');
    await eventually(() => begun === 1);
    await clock.advance(799);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    const response = await answer;
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      correlationId: 'order-7',
    });
    fail(new Error('fails when nobody listens any more'));
  });

  it('leaves an answer in time alone, and no timer behind', async () => {
    const answer = get('/held', '800');
    await eventually(() => begun === 1);
    finish('in time');
    expect(await (await answer).text()).toBe('in time');
    expect(clock.pendingTimers).toBe(0);
  });

  it('begins no route after the deadline', async () => {
    expect((await get('/held', '0')).status).toBe(504);
    expect(begun).toBe(0);
  });

  it.each([
    ['a request without one', '/held', undefined],
    ['a stream of events', '/events', '800'],
  ])('does not end %s', async (_what, path, left) => {
    const answer = get(path, left);
    await eventually(() => begun === 1);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(3_600_000);
    finish('late');
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('late');
  });
});
