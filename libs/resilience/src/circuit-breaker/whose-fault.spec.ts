import { Injectable } from '@nestjs/common';
import { CircuitBreaker, CircuitBreakerService, Retry, resultNotCounted } from '../index.js';
import { closeApps, startApp, type StartedApp } from '../../test/start-app.js';

afterEach(closeApps);

type Step = () => unknown;

@Injectable()
class Client {
  calls = 0;
  step: Step = () => 'ok';

  @Retry({ attempts: 3, budget: false })
  @CircuitBreaker({ name: 'shop', minimumCalls: 20, openFor: '30s' })
  async call(_first?: unknown, _second?: unknown): Promise<unknown> {
    this.calls++;
    return this.step();
  }

  /** Breaker alone, so that each call is one result. */
  @CircuitBreaker({ name: 'once', minimumCalls: 20, openFor: '30s' })
  async once(_first?: unknown, _second?: unknown): Promise<unknown> {
    this.calls++;
    return this.step();
  }
}

const failing =
  (error: unknown): Step =>
  () => {
    throw error;
  };
const status = (code: number): Error =>
  Object.assign(new Error(`status ${code}`), { status: code });

async function start(): Promise<
  StartedApp & { client: Client; once: (step: Step) => Promise<unknown> }
> {
  const started = await startApp([Client]);
  const client = started.app.get(Client);
  const once = async (step: Step): Promise<unknown> => {
    client.step = step;
    return client.once().catch((error: unknown) => error);
  };
  return { ...started, client, once };
}

it('stays closed under 98 % 404 and 2 % 503, because a 404 proves that the dependency answers', async () => {
  const { registry, once } = await start();
  for (let call = 0; call < 1_000; call++) await once(failing(status(call % 50 === 0 ? 503 : 404)));
  expect(registry.get('once')!.snapshot).toMatchObject({
    state: 'closed',
    calls: 1_000,
    failures: 20,
  });
});

it('closes a half-open circuit by a 404, at once', async () => {
  const { registry, clock, once } = await start();
  for (let call = 0; call < 20; call++) await once(failing(status(503)));
  expect(registry.get('once')!.state).toBe('open');
  await clock.advance(30_000);
  await once(failing(status(404)));
  expect(registry.get('once')!.state).toBe('closed');
});

it.each<[string, unknown]>([
  ['gRPC NOT_FOUND', Object.assign(new Error('x'), { code: 5, details: 'no such account' })],
  ['AWS SDK 3 404', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 404 } })],
  ['a unique violation of pg', Object.assign(new Error('x'), { code: '23505', severity: 'ERROR' })],
  ['Prisma P2002', Object.assign(new Error('x'), { code: 'P2002' })],
  ['a TypeError', new TypeError('Cannot read properties of undefined')],
  ['401', status(401)],
])('neither retries nor counts as a failure: %s', async (_what, error) => {
  const { registry, client } = await start();
  client.step = failing(error);
  for (let call = 0; call < 30; call++) await expect(client.call()).rejects.toBe(error);
  expect(client.calls).toBe(30);
  expect(registry.get('shop')!.snapshot).toMatchObject({ state: 'closed', failures: 0 });
});

it('retries a serialization failure, and counts it neither way', async () => {
  const { registry, clock, client } = await start();
  client.step = failing(Object.assign(new Error('x'), { code: '40001', severity: 'ERROR' }));
  const call = client.call().catch(() => 'failed');
  await clock.advance(60_000);
  await expect(call).resolves.toBe('failed');
  expect(client.calls).toBe(3);
  expect(registry.get('shop')!.snapshot.calls).toBe(0);
});

it.each<[string, (signal: AbortSignal) => unknown[]]>([
  ['as an argument', (signal) => ['id', signal]],
  ['in an options object', (signal) => ['id', { signal }]],
])("an abort by the caller's signal, passed %s, counts neither way", async (_how, argsOf) => {
  const { registry, client } = await start();
  const signal = AbortSignal.abort();
  client.step = failing(new Error('socket hang up'));
  for (let call = 0; call < 30; call++) {
    await expect(client.call(...argsOf(signal))).rejects.toThrow('hang up');
  }
  expect(client.calls).toBe(30);
  expect(registry.get('shop')!.snapshot).toMatchObject({ state: 'closed', calls: 0 });
});

it('counts a signal that has not aborted as no excuse', async () => {
  const { registry, client, once } = await start();
  client.step = failing(status(503));
  const { signal } = new AbortController();
  for (let call = 0; call < 20; call++) await client.once({ signal }).catch(() => {});
  expect(registry.get('once')!.state).toBe('open');
  await expect(once(() => 'ok')).resolves.toMatchObject({ code: 'CIRCUIT_OPEN' });
});

it('opens for returned responses with 503, and retries them', async () => {
  const { registry, clock, client } = await start();
  client.step = () => new Response('down', { status: 503 });
  for (let call = 0; call < 8; call++) {
    const answer = client.call();
    await clock.advance(30_000);
    await expect(answer.catch(() => ({ status: 0 }))).resolves.toHaveProperty('status');
  }
  expect(client.calls).toBeGreaterThan(8);
  client.calls = 0;
  client.step = () => new Response(null, { status: 404 });
  await expect(client.once()).resolves.toHaveProperty('status', 404);
  expect(registry.get('once')!.snapshot).toMatchObject({ calls: 1, failures: 0 });
});

it('frees the connection of a returned response that it retries', async () => {
  const { clock, client } = await start();
  const cancelled: unknown[] = [];
  const body = (): ReadableStream =>
    new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
  client.step = () => new Response(body(), { status: client.calls < 2 ? 503 : 200 });
  const answer = client.call();
  await clock.advance(30_000);
  await expect(answer).resolves.toHaveProperty('status', 200);
  expect(cancelled).toHaveLength(1);
});

describe('half-open', () => {
  async function halfOpen() {
    const started = await start();
    for (let call = 0; call < 20; call++) await started.once(failing(status(503)));
    await started.clock.advance(30_000);
    expect(started.registry.get('once')!.state).toBe('half-open');
    return started;
  }

  it('stays half-open under expired credentials, but refuses nobody for long', async () => {
    const { registry, client } = await halfOpen();
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      client.step = failing(status(401));
      const calls = Array.from({ length: 50 }, () => client.once());
      const results = await Promise.allSettled(calls);
      refused += results.filter(
        (result) => (result as { reason?: { code?: string } }).reason?.code === 'CIRCUIT_OPEN',
      ).length;
    }
    expect(registry.get('once')!.state).toBe('half-open');
    // Of 3,000 calls. One more passes for each answer, so all do after a few rounds.
    expect(refused).toBeLessThan(300);
  });

  it('lets another caller through while callers that give up fill its slot', async () => {
    const { registry, client } = await halfOpen();
    const settle: (() => void)[] = [];
    client.step = () =>
      new Promise((_resolve, reject) => settle.push(() => reject(new Error('x'))));
    const gaveUp = AbortSignal.abort();
    for (let call = 0; call < 3; call++) {
      const aborted = client.once(gaveUp).catch(() => {});
      settle.pop()!();
      await aborted;
    }
    // A slow caller, and one more beside it.
    void client.once().catch(() => {});
    client.step = () => 'ok';
    await expect(client.once()).resolves.toBe('ok');
    expect(registry.get('once')!.state).toBe('closed');
  });

  it('opens again at the first failure, however many credentials were refused before', async () => {
    const { registry, once } = await halfOpen();
    for (let call = 0; call < 10; call++) await once(failing(status(401)));
    await once(failing(status(503)));
    expect(registry.get('once')!.state).toBe('open');
  });
});

it('publishes what it does not count, with its reason', async () => {
  const { once } = await start();
  const seen: unknown[] = [];
  const end = resultNotCounted.subscribe((event) => seen.push(event));
  await once(failing(status(401)));
  await once(failing(status(429)));
  await once(failing(status(404)));
  await once(failing(new TypeError('x')));
  end();
  expect(seen).toEqual([
    { policy: 'once', reason: 'credentials' },
    { policy: 'once', reason: 'rate-limited' },
    { policy: 'once', reason: 'programming-error' },
  ]);
});

it('classifies the operations of CircuitBreakerService too', async () => {
  const { app } = await start();
  const circuits = app.get(CircuitBreakerService);
  for (let call = 0; call < 30; call++) {
    await circuits.execute('mail', failing(status(404)) as () => Promise<never>).catch(() => {});
  }
  expect(circuits.getState('mail')).toMatchObject({
    state: 'closed',
    stats: { calls: 30, successes: 30 },
  });
});
