import { currentContext, runInContext, SystemClock } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { CircuitBreaker as Breaker } from '../circuit-breaker/circuit-breaker.js';
import {
  resolveCircuitBreaker,
  type CircuitBreakerOptions,
} from '../circuit-breaker/circuit-breaker.options.js';
import {
  Bulkhead,
  BulkheadFullError,
  CircuitBreaker,
  CircuitOpenError,
  currentSignal,
  Fallback,
  Timeout,
  TimeoutError,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';
import { FakeClock } from '@loyalnest/core/testing';

// Mistakes of other libraries; each was observed in one of them.
afterEach(closeApps);

const DOWN = new Error('down');

function start(options: CircuitBreakerOptions = {}): { circuit: Breaker; clock: FakeClock } {
  const clock = new FakeClock();
  const resolved = resolveCircuitBreaker('test', { minimumCalls: 1, ...options });
  return { circuit: new Breaker('sms', resolved, clock), clock };
}

async function startHalfOpen(
  options: CircuitBreakerOptions = {},
): Promise<{ circuit: Breaker; clock: FakeClock }> {
  const started = start({ openFor: '30s', ...options });
  started.circuit.admit().failure(DOWN);
  await started.clock.advance(30_000);
  expect(started.circuit.state).toBe('half-open');
  return started;
}

it('a method that returns undefined or null at once is a success', async () => {
  @Injectable()
  class Sync {
    @CircuitBreaker({ name: 'sync', minimumCalls: 1 })
    nothing(value: undefined | null): Promise<unknown> {
      return value as never;
    }
  }
  const { app, registry } = await startApp([Sync]);
  await expect(app.get(Sync).nothing(undefined)).resolves.toBeUndefined();
  await expect(app.get(Sync).nothing(null)).resolves.toBeNull();
  expect(registry.get('sync')!.snapshot).toMatchObject({ state: 'closed', successes: 2 });
});

it('a method that throws before its first await rejects and is counted', async () => {
  @Injectable()
  class Sync {
    @CircuitBreaker({ name: 'sync' })
    fail(): Promise<never> {
      throw DOWN;
    }
  }
  const { app, registry } = await startApp([Sync]);
  await expect(app.get(Sync).fail()).rejects.toBe(DOWN);
  expect(registry.get('sync')!.snapshot.failures).toBe(1);
});

it('the first failure does not open a circuit with default options', () => {
  const { circuit } = start({ minimumCalls: undefined as never });
  circuit.admit().failure(DOWN);
  expect(circuit.state).toBe('closed');
});

it('the signal of a call after a timeout is not aborted', async () => {
  const signals: AbortSignal[] = [];
  @Injectable()
  class Client {
    @Timeout('1s')
    @CircuitBreaker()
    async read(hang: boolean): Promise<void> {
      signals.push(currentSignal()!);
      if (hang) await new Promise(() => {});
    }
  }
  const { app, clock } = await startApp([Client]);
  const hanging = app
    .get(Client)
    .read(true)
    .catch((error: unknown) => error);
  await clock.advance(1_000);
  await expect(hanging).resolves.toBeInstanceOf(TimeoutError);
  await app.get(Client).read(false);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

it('work that runs on after its timeout keeps its bulkhead slot', async () => {
  let running = 0;
  let maxRunning = 0;
  const ends: (() => void)[] = [];
  @Injectable()
  class Client {
    @Timeout('1s')
    @Bulkhead({ name: 'client', maxConcurrent: 1, releaseAfter: '1m' })
    async read(): Promise<void> {
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise<void>((end) => ends.push(end));
      running--;
    }
  }
  const { app, clock } = await startApp([Client]);
  for (let call = 0; call < 5; call++) {
    const result = app
      .get(Client)
      .read()
      .catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await result).toBeInstanceOf(call === 0 ? TimeoutError : BulkheadFullError);
  }
  expect(maxRunning).toBe(1);
  ends[0]!();
  await clock.advance(0);
  const next = app.get(Client).read();
  await clock.advance(0);
  ends[1]!();
  await next;
});

it('work that never ends frees its slot after releaseAfter', async () => {
  @Injectable()
  class Client {
    @Timeout('1s')
    @Bulkhead({ maxConcurrent: 1, releaseAfter: '10s' })
    async read(hang: boolean): Promise<string> {
      if (hang) await new Promise(() => {});
      return 'read';
    }
  }
  const { app, clock } = await startApp([Client]);
  const hanging = app
    .get(Client)
    .read(true)
    .catch(() => {});
  await clock.advance(1_000);
  await hanging;
  await clock.advance(9_999);
  await expect(app.get(Client).read(false)).rejects.toBeInstanceOf(BulkheadFullError);
  await clock.advance(1);
  await expect(app.get(Client).read(false)).resolves.toBe('read');
});

it('rejections of a bulkhead do not open the circuit', async () => {
  @Injectable()
  class Client {
    @Bulkhead({ maxConcurrent: 1 })
    @CircuitBreaker({ name: 'full', minimumCalls: 1 })
    read(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const { app, registry } = await startApp([Client]);
  void app.get(Client).read();
  for (let call = 0; call < 5; call++) {
    await expect(app.get(Client).read()).rejects.toBeInstanceOf(BulkheadFullError);
  }
  expect(registry.get('full')!.snapshot).toMatchObject({ state: 'closed', calls: 0 });
});

it('rejections of an inner bulkhead do not open the circuit either', () => {
  const { circuit } = start();
  circuit.admit().failure(new BulkheadFullError('inner', 'queue-full', 1, 0));
  expect(circuit.snapshot).toMatchObject({ state: 'closed', calls: 0 });
});

it('a probe that never settles does not keep the circuit half-open forever', async () => {
  const { circuit, clock } = await startHalfOpen({ probeLease: '5s' });
  circuit.admit();
  expect(() => circuit.admit()).toThrow(CircuitOpenError);
  await clock.advance(5_000);
  circuit.admit().success();
  expect(circuit.state).toBe('closed');
});

it('the success of a call that began before the circuit opened does not close it while half-open', async () => {
  const { circuit, clock } = start({ openFor: '30s' });
  const early = circuit.admit();
  circuit.admit().failure(DOWN);
  await clock.advance(30_000);
  early.success();
  expect(circuit.state).toBe('half-open');
});

it('the success of a call that began before the circuit opened does not close it while open', () => {
  const { circuit } = start();
  const early = circuit.admit();
  circuit.admit().failure(DOWN);
  early.success();
  expect(circuit.state).toBe('open');
});

it('the failure of a call that began before the circuit closed does not open it again', async () => {
  const { circuit, clock } = start({ openFor: '30s' });
  const early = circuit.admit();
  circuit.admit().failure(DOWN);
  await clock.advance(30_000);
  circuit.admit().success();
  early.failure(DOWN);
  expect(circuit.snapshot).toMatchObject({ state: 'closed', failures: 0 });
});

it('a late success after the circuit has reopened does not close it', async () => {
  const { circuit, clock } = await startHalfOpen({ halfOpenProbes: 2 });
  const [slow, failing] = [circuit.admit(), circuit.admit()];
  circuit.open();
  await clock.advance(30_000);
  expect(circuit.state).toBe('half-open');
  slow.success();
  failing.failure(DOWN);
  expect(circuit.state).toBe('half-open');
});

it('late results of decorated methods count in no later state', async () => {
  const settles: { resolve: () => void; reject: (error: Error) => void }[] = [];
  @Injectable()
  class Client {
    @CircuitBreaker({ name: 'late', minimumCalls: 2, openFor: '30s' })
    read(): Promise<void> {
      return new Promise((resolve, reject) => settles.push({ resolve, reject }));
    }
  }
  const { app, registry, clock } = await startApp([Client]);
  const results = Array.from({ length: 4 }, () =>
    app
      .get(Client)
      .read()
      .catch(() => {}),
  );
  for (const { reject } of settles.slice(0, 2)) reject(DOWN);
  await clock.advance(0);
  const circuit = registry.get('late')!;
  expect(circuit.state).toBe('open');
  circuit.close();
  settles[2]!.resolve();
  settles[3]!.reject(DOWN);
  await Promise.all(results);
  expect(circuit.snapshot).toMatchObject({ state: 'closed', calls: 0 });
});

it('a neutral error neither closes nor opens a half-open circuit, and frees its slot', async () => {
  const { circuit } = await startHalfOpen();
  circuit.admit().failure(Object.assign(new Error('expired token'), { status: 401 }));
  expect(circuit.state).toBe('half-open');
  circuit.admit().success();
  expect(circuit.state).toBe('closed');
});

it.each([401, 403, 407, 429])('a status %i says nothing about the dependency', (status) => {
  const { circuit } = start();
  circuit.admit().failure(Object.assign(new Error('status'), { response: { status } }));
  expect(circuit.snapshot.calls).toBe(0);
});

it.each([400, 404, 409, 422])('a status %i proves that the dependency answers', async (status) => {
  const { circuit } = await startHalfOpen();
  circuit.admit().failure(Object.assign(new Error('status'), { response: { status } }));
  expect(circuit.state).toBe('closed');
});

it.each([408, 425, 500, 503])('a status %i counts against the dependency', (status) => {
  const { circuit } = start();
  circuit.admit().failure(Object.assign(new Error('status'), { status }));
  expect(circuit.state).toBe('open');
});

it('a half-open circuit lets exactly halfOpenProbes of 50 callers pass', async () => {
  const { circuit } = await startHalfOpen({ halfOpenProbes: 3 });
  let passed = 0;
  for (let caller = 0; caller < 50; caller++) {
    try {
      circuit.admit();
      passed++;
    } catch (error) {
      expect(error).toBeInstanceOf(CircuitOpenError);
    }
  }
  expect(passed).toBe(3);
});

it('a half-open circuit rejects further callers at once, without waiting for the probe', async () => {
  @Injectable()
  class Client {
    answer: () => Promise<void> = async () => {
      throw DOWN;
    };
    @CircuitBreaker({ name: 'probe', minimumCalls: 1, openFor: '30s' })
    read(): Promise<void> {
      return this.answer();
    }
  }
  const { app, clock } = await startApp([Client]);
  const client = app.get(Client);
  await expect(client.read()).rejects.toBe(DOWN);
  await clock.advance(30_000);
  client.answer = () => new Promise(() => {});
  void client.read();
  await expect(client.read()).rejects.toBeInstanceOf(CircuitOpenError);
});

it('a listener that throws neither changes a result nor keeps a caller waiting', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  @Injectable()
  class Client {
    @CircuitBreaker({ name: 'heard', minimumCalls: 1 })
    async read(fail: boolean): Promise<string> {
      if (fail) throw DOWN;
      return 'read';
    }
  }
  const { app, registry } = await startApp([Client]);
  const heard: string[] = [];
  for (const event of ['success', 'failure', 'open'] as const) {
    registry.get('heard')!.opossum.on(event as 'open', () => {
      heard.push(event);
      throw new Error(`listener of ${event}`);
    });
  }
  await expect(app.get(Client).read(false)).resolves.toBe('read');
  await expect(app.get(Client).read(false)).resolves.toBe('read');
  await expect(app.get(Client).read(true)).rejects.toBe(DOWN);
  await expect(app.get(Client).read(true)).rejects.toBe(DOWN);
  expect(heard).toEqual(['success', 'success', 'failure', 'open', 'failure']);
  expect(registry.get('heard')!.state).toBe('open');
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('listener of open'), expect.anything());
  warn.mockRestore();
});

it('calls in flight and rejected calls do not dilute the failure ratio', () => {
  const { circuit } = start({ minimumCalls: 10 });
  for (let call = 0; call < 20; call++) circuit.admit();
  for (let call = 0; call < 10; call++) circuit.admit().failure(DOWN);
  expect(circuit.state).toBe('open');
  for (let call = 0; call < 100; call++) expect(() => circuit.admit()).toThrow(CircuitOpenError);
  expect(circuit.snapshot).toMatchObject({ calls: 10, failures: 10 });
});

it('an options object is not changed and can be shared', async () => {
  const shared: CircuitBreakerOptions = Object.freeze({ minimumCalls: 5 });
  @Injectable()
  class Client {
    @CircuitBreaker(shared)
    async one(): Promise<void> {}
    @CircuitBreaker(shared)
    async two(): Promise<void> {}
  }
  const { registry } = await startApp([Client]);
  expect(registry.all().map(({ name }) => name)).toEqual(['Client.one', 'Client.two']);
  expect(Object.keys(shared)).toEqual(['minimumCalls']);
});

it('breakers share no emitter on which their listeners would pile up', () => {
  const emitters = Array.from({ length: 20 }, () => start().circuit.opossum);
  expect(new Set(emitters).size).toBe(20);
  for (const emitter of emitters) {
    const { rotateBucketController } = emitter.status as unknown as {
      rotateBucketController: { eventNames(): unknown[] };
    };
    expect(rotateBucketController.eventNames()).toEqual([]);
  }
});

it('a fallback runs on the instance of the call', async () => {
  @Injectable()
  class Client {
    readonly name = 'client';
    @Fallback('instead')
    async read(): Promise<string> {
      throw DOWN;
    }
    async instead(_error: unknown): Promise<string> {
      return this.name;
    }
  }
  const { app } = await startApp([Client]);
  await expect(app.get(Client).read()).resolves.toBe('client');
});

it('a failing call costs about the same with 100,000 calls in the window as with 100', () => {
  const costMs = (calls: number): number => {
    const resolved = resolveCircuitBreaker('test', { window: '1h', minimumCalls: 1_000_000 });
    const circuit = new Breaker('sms', resolved, new SystemClock());
    for (let call = 0; call < calls; call++) circuit.admit().failure(DOWN);
    const startedAt = performance.now();
    for (let call = 0; call < 2_000; call++) circuit.admit().failure(DOWN);
    return performance.now() - startedAt;
  };
  costMs(10_000);
  const [few, many] = [costMs(100), costMs(100_000)];
  // If the cost grew with the window, it would grow two-hundredfold.
  expect(many).toBeLessThan(few * 20 + 5);
});

it('a window has dropped its failures after an idle hour', async () => {
  const { circuit, clock } = start({ minimumCalls: 20, window: '10s' });
  for (let call = 0; call < 19; call++) circuit.admit().failure(DOWN);
  await clock.advance(3_600_000);
  circuit.admit().failure(DOWN);
  expect(circuit.snapshot).toMatchObject({ state: 'closed', failures: 1 });
});

it('an idle breaker holds no timer', async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const { circuit } = start();
  circuit.admit().success();
  const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  expect(after).toBe(before);
});

it('two instances of a class share the breaker but never `this` or the arguments', async () => {
  class Client {
    constructor(readonly name: string) {}
    @CircuitBreaker({ name: 'two-instances' })
    async read(id: number): Promise<string> {
      return `${this.name}:${id}:${currentContext()?.merchantId}`;
    }
  }
  const one = { provide: 'ONE', useFactory: () => new Client('one') };
  const two = { provide: 'TWO', useFactory: () => new Client('two') };
  const { app, registry } = await startApp([one, two]);
  const as = (merchantId: string, client: string, id: number): Promise<string> =>
    runInContext({ correlationId: 'c', merchantId }, () => app.get<Client>(client).read(id));
  await expect(
    Promise.all([as('a', 'ONE', 1), as('b', 'ONE', 2), as('c', 'TWO', 3)]),
  ).resolves.toEqual(['one:1:a', 'one:2:b', 'two:3:c']);
  expect(registry.get('two-instances')!.snapshot.successes).toBe(3);
});
