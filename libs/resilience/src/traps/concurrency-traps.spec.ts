import { currentContext, runInContext, SystemClock, type RequestContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { getEventListeners } from 'node:events';
import {
  Bulkhead,
  Cache,
  CircuitBreaker,
  Deadline,
  Hedge,
  RateLimit,
  ResilienceRegistry,
  Retry,
  SingleFlight,
  Timeout,
  type PolicyDecorator,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

// Jest fails a test with an unhandled rejection, so each of these proves that there is none.
afterEach(closeApps);

const as = <T>(context: Partial<RequestContext>, task: () => T): T =>
  runInContext({ correlationId: 'c', ...context }, task);

it('the first caller of a single flight can leave without ending it for the joiners', async () => {
  let runs = 0;
  let end = (_value: string): void => {};
  @Injectable()
  class Client {
    @SingleFlight({ scope: 'shared' })
    read(): Promise<string> {
      runs++;
      return new Promise((resolve) => (end = resolve));
    }
  }
  const { app } = await startApp([Client]);
  const leader = new AbortController();
  const joiner = new AbortController();
  const led = as({ signal: leader.signal }, () => app.get(Client).read());
  const joined = as({ signal: joiner.signal }, () => app.get(Client).read());
  leader.abort(new Error('gone'));
  await expect(led).rejects.toThrow('gone');
  end('answer');
  await expect(joined).resolves.toBe('answer');
  expect(runs).toBe(1);
  expect(getEventListeners(joiner.signal, 'abort')).toHaveLength(0);
});

it('the work of a single flight is aborted when all its callers have left, and a later call starts again', async () => {
  const signals: AbortSignal[] = [];
  @Injectable()
  class Client {
    @SingleFlight({ scope: 'shared' })
    read(): Promise<string> {
      const { signal } = currentContext()!;
      signals.push(signal!);
      return signals.length === 1 ? new Promise(() => {}) : Promise.resolve('answer');
    }
  }
  const { app } = await startApp([Client]);
  const callers = [new AbortController(), new AbortController()];
  const results = callers.map(({ signal }) =>
    as({ signal }, () => app.get(Client).read()).catch((error: Error) => error.message),
  );
  callers[0]!.abort(new Error('one left'));
  expect(signals[0]!.aborted).toBe(false);
  callers[1]!.abort(new Error('two left'));
  expect(signals[0]!.aborted).toBe(true);
  await expect(Promise.all(results)).resolves.toEqual(['one left', 'two left']);
  await expect(app.get(Client).read()).resolves.toBe('answer');
});

it('the key of a single flight is free again after its call timed out', async () => {
  let hang = true;
  @Injectable()
  class Client {
    @SingleFlight({ scope: 'shared' })
    @Timeout('1s')
    async read(): Promise<string> {
      if (hang) await new Promise(() => {});
      return 'read';
    }
  }
  const { app, clock } = await startApp([Client]);
  const first = app
    .get(Client)
    .read()
    .catch((error: { code: string }) => error.code);
  await clock.advance(1_000);
  await expect(first).resolves.toBe('TIMEOUT');
  hang = false;
  await expect(app.get(Client).read()).resolves.toBe('read');
});

it('falsy values are cached like others', async () => {
  let runs = 0;
  @Injectable()
  class Client {
    @Cache({ ttl: '1m', scope: 'shared' })
    async read(value: unknown): Promise<unknown> {
      runs++;
      return value;
    }
  }
  const { app } = await startApp([Client]);
  for (const value of [0, '', false, null, undefined]) {
    await app.get(Client).read(value);
    await expect(app.get(Client).read(value)).resolves.toBe(value);
  }
  expect(runs).toBe(5);
});

it('an abort during the backoff ends the call at once', async () => {
  @Injectable()
  class Client {
    @Retry({ backoff: { initial: '500ms', jitter: 'none' } })
    async read(): Promise<void> {
      throw new Error('down');
    }
  }
  const { app, clock } = await startApp([Client]);
  const caller = new AbortController();
  const result = as({ signal: caller.signal }, () => app.get(Client).read());
  await clock.advance(10);
  caller.abort(new Error('gone'));
  await expect(result).rejects.toThrow('gone');
  expect(clock.pendingTimers).toBe(0);
});

it('an abort while queued ends the call at once and frees its place in the queue', async () => {
  @Injectable()
  class Client {
    @Bulkhead({ name: 'queue', maxConcurrent: 1, maxQueue: 1, maxWait: '1m' })
    read(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const { app, registry } = await startApp([Client]);
  void app.get(Client).read();
  const caller = new AbortController();
  const result = as({ signal: caller.signal }, () => app.get(Client).read());
  caller.abort(new Error('gone'));
  await expect(result).rejects.toThrow('gone');
  expect(registry.states.bulkheads.get('queue')!.snapshot).toMatchObject({
    running: 1,
    waiting: 0,
  });
});

it('a bulkhead with a retry never runs more than maxConcurrent calls', async () => {
  let running = 0;
  let maxRunning = 0;
  @Injectable()
  class Client {
    @Retry({ attempts: 3, backoff: { initial: 0 }, budget: false })
    @Bulkhead({ name: 'retried', maxConcurrent: 2, maxQueue: 100, maxWait: '1m' })
    async read(call: number): Promise<void> {
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise((turn) => setImmediate(turn));
      running--;
      if (call % 2 === 0) throw new Error('down');
    }
  }
  const { app, registry } = await startApp([Client], { clock: new SystemClock() });
  await Promise.allSettled(Array.from({ length: 20 }, (_, call) => app.get(Client).read(call)));
  expect(maxRunning).toBe(2);
  expect(registry.states.bulkheads.get('retried')!.snapshot).toMatchObject({
    running: 0,
    waiting: 0,
  });
});

it('a blocked event loop does not turn an answer in time into a timeout', async () => {
  @Injectable()
  class Client {
    @Timeout('20ms')
    @Retry({ attempts: 1 })
    read(): Promise<string> {
      return new Promise((resolve) => setImmediate(() => resolve('in time')));
    }
  }
  const { app } = await startApp([Client], { clock: new SystemClock() });
  const answers = Array.from({ length: 20 }, () => app.get(Client).read());
  const until = performance.now() + 60;
  while (performance.now() < until);
  await expect(Promise.all(answers)).resolves.toHaveLength(20);
});

it("a call leaves no listener on its caller's signal", async () => {
  @Injectable()
  class Client {
    @SingleFlight({ scope: 'shared' })
    @Deadline('10s')
    @Bulkhead({ maxConcurrent: 1, maxQueue: 10, maxWait: '1m' })
    @Retry({ attempts: 2, backoff: { initial: 0 } })
    @CircuitBreaker()
    @Hedge({ idempotent: true, delay: '10ms' })
    @Timeout('1s')
    async read(id: number): Promise<number> {
      if (currentContext()?.attempt === 1) throw new Error('down');
      return id;
    }
  }
  const { app, clock } = await startApp([Client]);
  const caller = new AbortController();
  const results = as({ signal: caller.signal }, () =>
    Promise.all([1, 2, 3, 3].map((id) => app.get(Client).read(id))),
  );
  for (let step = 0; step < 10; step++) await clock.advance(1);
  await expect(results).resolves.toEqual([1, 2, 3, 3]);
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  expect(clock.pendingTimers).toBe(0);
});

it.each<[string, PolicyDecorator]>([
  ['a timeout', Timeout('1s')],
  ['a deadline', Deadline('1s')],
  ['a hedge', Hedge({ idempotent: true, delay: '10ms' })],
  ['a single flight', SingleFlight({ scope: 'shared' })],
  ['a bulkhead queue', Bulkhead({ maxConcurrent: 1, maxQueue: 1 })],
  ['a rate limit', RateLimit({ limit: 1, maxWait: '5s' })],
  ['a backoff', Retry({ attempts: 2, backoff: { initial: '10ms' } })],
])("%s leaves no listener on the caller's signal", async (_name, policy) => {
  class Client {
    async read(_id: number): Promise<void> {
      await new Promise((turn) => setImmediate(turn));
      if (currentContext()?.attempt === 1) throw new Error('down');
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Client.prototype, 'read')!;
  policy(Client.prototype, 'read', descriptor);
  Object.defineProperty(Client.prototype, 'read', descriptor);
  const { app, clock } = await startApp([Client]);
  const caller = new AbortController();
  const results = as({ signal: caller.signal }, () =>
    Promise.allSettled([1, 2].map((id) => app.get(Client).read(id))),
  );
  for (let step = 0; step < 4; step++) await clock.advance(500);
  await results;
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
});

it('an error of abandoned work is not an unhandled rejection', async () => {
  const fails: ((error: Error) => void)[] = [];
  @Injectable()
  class Client {
    @Timeout('1s')
    @Deadline('2s')
    read(): Promise<void> {
      return new Promise((_resolve, reject) => fails.push(reject));
    }
  }
  const { app, clock } = await startApp([Client]);
  const result = app
    .get(Client)
    .read()
    .catch((error: { code: string }) => error.code);
  await clock.advance(1_000);
  await expect(result).resolves.toBe('TIMEOUT');
  fails[0]!(new Error('late'));
  await new Promise((turn) => setImmediate(turn));
});

it('two applications in one process share no state', async () => {
  @Injectable()
  class Client {
    @CircuitBreaker({ name: 'shared-name', minimumCalls: 1 })
    async read(): Promise<void> {
      throw new Error('down');
    }
  }
  const one = await startApp([Client]);
  const two = await startApp([Client]);
  await one.app
    .get(Client)
    .read()
    .catch(() => {});
  expect(one.registry.get('shared-name')!.state).toBe('open');
  expect(two.app.get(ResilienceRegistry).get('shared-name')!.state).toBe('closed');
});
