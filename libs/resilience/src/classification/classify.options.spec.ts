import { Injectable } from '@nestjs/common';
import { CircuitBreaker, Hedge, Retry, type Classify } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);
afterEach(() => jest.restoreAllMocks());

const QUOTA = Object.assign(new Error('quota'), { code: 'QUOTA' });
const isQuota = (result: unknown): boolean => result === QUOTA;

interface Counted {
  readonly attempts: number;
  readonly calls: number;
  readonly failures: number;
}

/** Calls once with the result, and returns what was counted. */
async function count(
  step: () => unknown,
  options: { breaker?: Classify; retry?: Classify; module?: Classify },
): Promise<Counted> {
  let attempts = 0;
  @Injectable()
  class Client {
    @CircuitBreaker({
      name: 'shop',
      window: '1m',
      ...(options.breaker && { classify: options.breaker }),
    })
    @Retry({ attempts: 2, ...(options.retry && { classify: options.retry }) })
    async call(): Promise<unknown> {
      attempts++;
      return step();
    }
  }
  const { app, clock, registry } = await startApp(
    [Client],
    options.module ? { classify: options.module } : {},
  );
  const call = app
    .get(Client)
    .call()
    .catch(() => {});
  await clock.advance(10_000);
  await call;
  const { calls, failures } = registry.get('shop')!.snapshot;
  return { attempts, calls, failures };
}

const quota = (): never => {
  throw QUOTA;
};

it('counts and retries an unknown error by default', async () => {
  await expect(count(quota, {})).resolves.toEqual({ attempts: 2, calls: 2, failures: 2 });
});

it.each<[string, Classify, Counted]>([
  [
    'neutral',
    (result) => (isQuota(result) ? 'neutral' : undefined),
    { attempts: 1, calls: 0, failures: 0 },
  ],
  [
    'success',
    (result) => (isQuota(result) ? 'success' : undefined),
    { attempts: 1, calls: 1, failures: 0 },
  ],
  [
    'neutral but retryable',
    () => ({ outcome: 'neutral', retryable: true }),
    { attempts: 2, calls: 0, failures: 0 },
  ],
  ['not retryable', () => ({ retryable: false }), { attempts: 1, calls: 1, failures: 1 }],
])('the module can call an error %s', async (_verdict, module, expected) => {
  await expect(count(quota, { module })).resolves.toEqual(expected);
});

it("a policy's own classify is asked before that of the module", async () => {
  const breaker: Classify = (result) => (isQuota(result) ? 'failure' : undefined);
  await expect(count(quota, { breaker, module: () => 'neutral' })).resolves.toEqual({
    attempts: 1,
    calls: 1,
    failures: 1,
  });
});

it('gets returned values too, and can call one a failure that is retried', async () => {
  const module: Classify = (result, thrown) =>
    !thrown && result === 'busy' ? 'failure' : undefined;
  await expect(count(() => 'busy', { module })).resolves.toEqual({
    attempts: 2,
    calls: 2,
    failures: 2,
  });
  await expect(count(() => 'done', { module })).resolves.toEqual({
    attempts: 1,
    calls: 1,
    failures: 0,
  });
});

it('never retries a programming error that it calls a failure', async () => {
  const bug = (): never => {
    throw new TypeError('x');
  };
  await expect(count(bug, { module: () => 'failure' })).resolves.toEqual({
    attempts: 1,
    calls: 1,
    failures: 1,
  });
});

it.each<[string, unknown]>([
  [
    'throws',
    () => {
      throw new Error('classify');
    },
  ],
  ['returns something else', () => 'maybe'],
])('has no effect if it %s, except a warning', async (_how, module) => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  await expect(count(quota, { module: module as Classify })).resolves.toEqual({
    attempts: 2,
    calls: 2,
    failures: 2,
  });
  expect(warn.mock.calls[0]![0]).toContain('ResilienceModule.classify');
});

it('fails the boot if it is not a function', async () => {
  await expect(startApp([], { classify: 'neutral' as never })).rejects.toThrow(
    "ResilienceModule.classify: got 'neutral'; use a function",
  );
});

it('a hedge ends at an answer that another attempt would get too, and waits after a failure', async () => {
  const attempts: { reject: (error: unknown) => void; resolve: (value: string) => void }[] = [];
  @Injectable()
  class Client {
    @Hedge({ idempotent: true, delay: '100ms' })
    async call(): Promise<string> {
      return new Promise((resolve, reject) => attempts.push({ resolve, reject }));
    }
  }
  const { app, clock } = await startApp([Client]);
  const notFound = Object.assign(new Error('not found'), { status: 404 });
  const answered = app.get(Client).call();
  await clock.advance(100);
  expect(attempts).toHaveLength(2);
  attempts[0]!.reject(notFound);
  await expect(answered).rejects.toBe(notFound);

  const saved = app.get(Client).call();
  await clock.advance(100);
  attempts[2]!.reject(new Error('down'));
  attempts[3]!.resolve('second');
  await expect(saved).resolves.toBe('second');
});
