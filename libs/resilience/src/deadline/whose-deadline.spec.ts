import { Deadline as TimeLeft, runInContext, type DeadlineSource } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import {
  Bulkhead,
  CircuitBreaker,
  currentSignal,
  Deadline,
  Hedge,
  Retry,
  SingleFlight,
  Timeout,
  type CircuitSnapshot,
  type PolicyDecorator,
} from '../index.js';
import { closeApps, startApp, type StartedApp } from '../../test/start-app.js';

afterEach(closeApps);

const BREAKER = { name: 'shop', minimumCalls: 20, window: '10m' } as const;

@Injectable()
class Client {
  calls = 0;

  /** Ends when its signal aborts, as fetch does. */
  @CircuitBreaker(BREAKER)
  @Timeout('2s')
  async limited(): Promise<void> {
    this.calls++;
    await rejectsOnAbort();
  }

  @CircuitBreaker(BREAKER)
  async unlimited(): Promise<void> {
    this.calls++;
    await rejectsOnAbort();
  }

  /** Does not care about its signal. */
  @CircuitBreaker(BREAKER)
  async deaf(): Promise<void> {
    this.calls++;
    await new Promise(() => {});
  }

  @Deadline('2s')
  @CircuitBreaker(BREAKER)
  async withOwnDeadline(): Promise<void> {
    this.calls++;
    await new Promise(() => {});
  }
}

function rejectsOnAbort(): Promise<never> {
  const signal = currentSignal()!;
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

type Method = 'limited' | 'unlimited' | 'deaf' | 'withOwnDeadline';

/** Makes 20 calls with this time left, lets it pass, and returns what the breaker counted. */
async function after20(
  method: Method,
  leftMs: number,
  source: DeadlineSource,
): Promise<CircuitSnapshot & { codes: unknown[] }> {
  const { app, clock, registry } = await startApp([Client]);
  const client = app.get(Client);
  const codes = Array.from({ length: 20 }, () => {
    const deadline = TimeLeft.after(leftMs, clock, source);
    return runInContext({ correlationId: 'c', deadline }, () => client[method]()).catch(
      (error: { code?: string }) => error.code,
    );
  });
  await clock.advance(Math.min(leftMs, 2_000));
  await clock.advance(1);
  return { ...registry.get('shop')!.snapshot, codes: [...new Set(await Promise.all(codes))] };
}

describe.each<Method>(['limited', 'unlimited', 'deaf'])('a call that hangs (%s)', (method) => {
  it("says nothing about the dependency if its caller's deadline is short", async () => {
    await expect(after20(method, 5, 'caller')).resolves.toMatchObject({
      state: 'closed',
      calls: 0,
    });
  });

  it('is a failure if it used up our own request timeout', async () => {
    const { state, failures } = await after20(method, 1_500, 'own');
    expect(state).toBe('open');
    expect(failures).toBe(20);
  });
});

it('hangs open the circuit as slow calls, even if all callers send short deadlines', async () => {
  // Half of the timeout of 2 s has passed.
  const slow = await after20('limited', 1_200, 'caller');
  expect(slow).toMatchObject({ state: 'open', failures: 0, slowCalls: 20 });
  await closeApps();
  // Without a timeout, 5 s are slow.
  await expect(after20('unlimited', 1_200, 'caller')).resolves.toMatchObject({ calls: 0 });
});

it("a call that used up the policy's own time is a failure, whatever its caller allows", async () => {
  const timedOut = await after20('limited', 3_000, 'caller');
  expect(timedOut).toMatchObject({ state: 'open', failures: 20, codes: ['TIMEOUT'] });
  await closeApps();
  const late = await after20('withOwnDeadline', 3_000, 'caller');
  expect(late).toMatchObject({ state: 'open', failures: 20, codes: ['DEADLINE_EXCEEDED'] });
});

it('the signal of a caller that leaves ends no circuit, though the method ignores it', async () => {
  const { app, clock, registry } = await startApp([Client]);
  for (let call = 0; call < 30; call++) {
    const leaving = new AbortController();
    const context = { correlationId: 'c', signal: leaving.signal };
    void runInContext(context, () => app.get(Client).deaf()).catch(() => {});
    leaving.abort(new Error('client gone'));
  }
  await clock.advance(0);
  expect(registry.get('shop')!.snapshot).toMatchObject({ state: 'closed', calls: 0 });
});

it("a client's own timer that fires with the caller's deadline is not the dependency's fault", async () => {
  @Injectable()
  class Fetching {
    @CircuitBreaker(BREAKER)
    async read(): Promise<void> {
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    }
  }
  const { app, clock, registry } = await startApp([Fetching]);
  const read = (deadline?: TimeLeft): Promise<void> =>
    runInContext({ correlationId: 'c', ...(deadline && { deadline }) }, () =>
      app.get(Fetching).read(),
    ).catch(() => {});
  for (let call = 0; call < 30; call++) await read(TimeLeft.after(2, clock));
  expect(registry.get('shop')!.snapshot.calls).toBe(0);
  for (let call = 0; call < 20; call++) await read(TimeLeft.after(2, clock, 'own'));
  expect(registry.get('shop')!.state).toBe('open');
});

describe('with the deadline gone, no attempt begins', () => {
  interface Subject {
    run(): Promise<unknown> | Observable<unknown>;
  }

  async function startWith(
    decorators: readonly PolicyDecorator[],
  ): Promise<StartedApp & { subject: Subject; calls: () => number }> {
    let calls = 0;
    class Made implements Subject {
      async run(): Promise<string> {
        calls++;
        return 'ran';
      }
    }
    for (const decorate of decorators) {
      const descriptor = Object.getOwnPropertyDescriptor(Made.prototype, 'run')!;
      decorate(Made.prototype, 'run', descriptor);
      Object.defineProperty(Made.prototype, 'run', descriptor);
    }
    const started = await startApp([Made]);
    return { ...started, subject: started.app.get(Made), calls: () => calls };
  }

  it.each<[string, readonly PolicyDecorator[]]>([
    ['@Timeout', [Timeout('1s')]],
    ['@CircuitBreaker', [CircuitBreaker()]],
    ['@CircuitBreaker and @Timeout', [Timeout('1s'), CircuitBreaker()]],
    ['@Retry', [Retry()]],
    ['@Hedge and @Timeout', [Timeout('1s'), Hedge({ idempotent: true, delay: '10ms' })]],
    ['@Bulkhead and @Timeout', [Timeout('1s'), Bulkhead({ maxQueue: 5 })]],
    ['@SingleFlight', [SingleFlight()]],
    ['@SingleFlight and @Timeout', [Timeout('1s'), SingleFlight()]],
    ['@Deadline', [Deadline('1s')]],
  ])('under %s', async (_policies, decorators) => {
    const { subject, clock, calls } = await startWith(decorators);
    const deadline = TimeLeft.after(10, clock);
    await clock.advance(10);
    const run = runInContext({ correlationId: 'c', deadline }, () => subject.run());
    await expect(run).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', deadlineMs: 0 });
    expect(calls()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    await expect(subject.run()).resolves.toBe('ran');
  });

  it('of an Observable', async () => {
    let subscriptions = 0;
    @Injectable()
    class Streaming {
      @Timeout('1s')
      @CircuitBreaker()
      values(): Observable<number> {
        return new Observable((subscriber) => {
          subscriptions++;
          subscriber.complete();
        });
      }
    }
    const { app, clock } = await startApp([Streaming]);
    const deadline = TimeLeft.after(10, clock);
    await clock.advance(10);
    const error = await runInContext(
      { correlationId: 'c', deadline },
      () =>
        new Promise((resolve) => {
          app.get(Streaming).values().subscribe({ error: resolve });
        }),
    );
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(subscriptions).toBe(0);
  });

  it('from the queue of a bulkhead', async () => {
    let calls = 0;
    let finish = (): void => {};
    @Injectable()
    class Queued {
      @Timeout('10s')
      @Bulkhead({ maxConcurrent: 1, maxQueue: 5, maxWait: '9s' })
      async run(): Promise<void> {
        calls++;
        await new Promise<void>((resolve) => (finish = resolve));
      }
    }
    const { app, clock } = await startApp([Queued]);
    const first = app.get(Queued).run();
    const deadline = TimeLeft.after(100, clock);
    const waiting = runInContext({ correlationId: 'c', deadline }, () => app.get(Queued).run());
    const code = waiting.catch((error: { code: string }) => error.code);
    await clock.advance(100);
    finish();
    await first;
    expect(['BULKHEAD_FULL', 'DEADLINE_EXCEEDED']).toContain(await code);
    expect(calls).toBe(1);
  });

  it('of a hedge', async () => {
    let calls = 0;
    @Injectable()
    class Hedged {
      @Hedge({ idempotent: true, delay: '100ms', max: 5 })
      async run(): Promise<void> {
        calls++;
        await new Promise(() => {});
      }
    }
    const { app, clock } = await startApp([Hedged]);
    const deadline = TimeLeft.after(150, clock);
    const run = runInContext({ correlationId: 'c', deadline }, () => app.get(Hedged).run());
    const code = run.catch((error: { code: string }) => error.code);
    await clock.advance(10_000);
    await expect(code).resolves.toBe('DEADLINE_EXCEEDED');
    expect(calls).toBe(2);
  });
});
