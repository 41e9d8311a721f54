import { LoyalNestError, runInContext } from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import {
  attemptFailed,
  Deadline,
  DeadlineExceededError,
  Hedge,
  Retry,
  retryBudgetExhausted,
  Timeout,
  type RetryOptions,
} from '../index.js';
import { closeApps, startApp, type StartedApp } from '../../test/start-app.js';

afterEach(closeApps);

const FIXED = { initial: '100ms', jitter: 'none', factor: 1 } as const;

class BusyError extends LoyalNestError {
  readonly code = 'BUSY';
  readonly category = 'unavailable';
  readonly retryable = true;
}

interface Client {
  calls: number;
  answer: (call: number) => Promise<unknown>;
  read(): Promise<unknown>;
}

async function startClient(options: RetryOptions): Promise<StartedApp & { client: Client }> {
  @Injectable()
  class RetryingClient implements Client {
    calls = 0;
    answer: (call: number) => Promise<unknown> = async () => {
      throw new Error('down');
    };
    @Retry(options)
    async read(): Promise<unknown> {
      return this.answer(++this.calls);
    }
  }
  const started = await startApp([RetryingClient]);
  return { ...started, client: started.app.get(RetryingClient) };
}

it('rejects with the last error when its attempts are used up', async () => {
  const { client, clock } = await startClient({ attempts: 3, backoff: FIXED });
  client.answer = async (call) => {
    throw new Error(`attempt ${call}`);
  };
  const result = client.read().catch((error: Error) => error.message);
  await clock.advance(200);
  await expect(result).resolves.toBe('attempt 3');
});

it('retries an unaccepted result, and returns the last one to the caller', async () => {
  const { client, clock } = await startClient({
    attempts: 3,
    backoff: FIXED,
    retryResult: (value) => value === 'pending',
  });
  client.answer = async (call) => (call === 2 ? 'done' : 'pending');
  const done = client.read();
  await clock.advance(100);
  await expect(done).resolves.toBe('done');
  client.answer = async () => 'pending';
  const pending = client.read();
  await clock.advance(200);
  await expect(pending).resolves.toBe('pending');
  expect(client.calls).toBe(5);
});

it('does not retry an error that retryIf rejects', async () => {
  const { client } = await startClient({ retryIf: (error) => error instanceof BusyError });
  await expect(client.read()).rejects.toThrow('down');
  expect(client.calls).toBe(1);
});

it("does not retry the caller's mistakes by default", async () => {
  const { client } = await startClient({});
  client.answer = async () => {
    throw Object.assign(new Error('not found'), { status: 404 });
  };
  await expect(client.read()).rejects.toThrow('not found');
  expect(client.calls).toBe(1);
});

describe('Retry-After', () => {
  it.each<[string, (nowMs: number) => Error]>([
    ['in a LoyalNest error', () => new BusyError('busy', { retryAfterMs: 3_000 })],
    ['in seconds', () => Object.assign(new Error('busy'), { retryAfter: 3 })],
    [
      'in a header in seconds',
      () => Object.assign(new Error('busy'), { headers: { 'Retry-After': '3' } }),
    ],
    [
      'in a header of a fetch response',
      () =>
        Object.assign(new Error('busy'), {
          response: { headers: new Headers({ 'retry-after': '3' }) },
        }),
    ],
    [
      'in a response that the error has as its cause',
      () =>
        new Error('busy', {
          cause: new Response(null, { status: 503, headers: { 'retry-after': '3' } }),
        }),
    ],
    [
      'in a wrapped LoyalNest error',
      () => new Error('busy', { cause: new BusyError('busy', { retryAfterMs: 3_000 }) }),
    ],
    [
      'in the error, whatever it wraps',
      () =>
        Object.assign(new Error('busy', { cause: { retryAfter: 9 } }), {
          retryAfter: 3,
        }),
    ],
    [
      'in the longest of several headers',
      () => Object.assign(new Error('busy'), { headers: { 'retry-after': ['1', '3'] } }),
    ],
    [
      'as a Date',
      (nowMs) => Object.assign(new Error('busy'), { retryAfter: new Date(nowMs + 3_000) }),
    ],
    [
      'as a date',
      (nowMs) =>
        Object.assign(new Error('busy'), {
          headers: { 'retry-after': new Date(nowMs + 3_000).toUTCString() },
        }),
    ],
  ])('%s is the minimum delay', async (_name, error) => {
    const { client, clock } = await startClient({ attempts: 2, backoff: FIXED });
    client.answer = async (call) => {
      if (call === 1) throw error(clock.now());
      return 'read';
    };
    const result = client.read();
    await clock.advance(2_999);
    expect(client.calls).toBe(1);
    await clock.advance(1);
    await expect(result).resolves.toBe('read');
  });

  it('longer than maxRetryAfter ends the call at once', async () => {
    const { client } = await startClient({ maxRetryAfter: '5s' });
    client.answer = async () => {
      throw new BusyError('busy', { retryAfterMs: 3_600_000 });
    };
    await expect(client.read()).rejects.toThrow('busy');
    expect(client.calls).toBe(1);
  });

  it.each(['-5', 'soon', 'NaN', '', null])('with the value %p is ignored', async (retryAfter) => {
    const { client, clock } = await startClient({ attempts: 2, backoff: FIXED });
    client.answer = async (call) => {
      if (call === 1) throw Object.assign(new Error('busy'), { retryAfter });
      return 'read';
    };
    const result = client.read();
    await clock.advance(100);
    await expect(result).resolves.toBe('read');
  });
});

describe('the budget of a dependency', () => {
  it('allows 20 % of the calls plus a minimum, and publishes an event when it is used up', async () => {
    const { client, clock, registry } = await startClient({
      attempts: 2,
      backoff: { initial: 0 },
      budget: { minimum: 2 },
    });
    const refused: unknown[] = [];
    const end = retryBudgetExhausted.subscribe((event) => refused.push(event));
    const results = Array.from({ length: 50 }, () => client.read().catch(() => {}));
    await clock.advance(1);
    await Promise.all(results);
    end();
    // 50 calls, and 20 % of them plus 2.
    expect(client.calls).toBe(62);
    expect(refused).toHaveLength(38);
    expect(refused[0]).toEqual({ policy: 'RetryingClient.read', refused: 'retry' });
    expect(registry.states.budgets.get('RetryingClient.read')!.snapshot).toMatchObject({
      calls: 50,
      repeats: 12,
    });
  });

  it('recovers as the window moves on', async () => {
    const { client, clock } = await startClient({
      attempts: 2,
      backoff: { initial: 0 },
      budget: { ratio: 0, minimum: 1, window: '10s' },
    });
    for (const calls of [2, 3]) {
      const result = client.read().catch(() => {});
      await clock.advance(1);
      await result;
      expect(client.calls).toBe(calls);
    }
    await clock.advance(11_000);
    const result = client.read().catch(() => {});
    await clock.advance(1);
    await result;
    expect(client.calls).toBe(5);
  });

  it('is shared by retries and hedges', async () => {
    let calls = 0;
    @Injectable()
    class Client {
      @Retry({ attempts: 2, backoff: { initial: 0 }, budget: { ratio: 0, minimum: 1 } })
      @Hedge({ idempotent: true, delay: '10ms' })
      @Timeout('1s')
      read(): Promise<void> {
        calls++;
        return new Promise(() => {});
      }
    }
    const { app, clock } = await startApp([Client]);
    const result = app
      .get(Client)
      .read()
      .catch((error: { code: string }) => error.code);
    await clock.advance(2_000);
    await expect(result).resolves.toBe('TIMEOUT');
    expect(calls).toBe(2);
  });
});

it('a retry inside another retry makes one attempt, and warns once', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  let calls = 0;
  @Injectable()
  class Inner {
    @Retry({ attempts: 3, backoff: { initial: 0 } })
    async read(): Promise<void> {
      calls++;
      throw new Error('down');
    }
  }
  @Injectable()
  class Outer {
    constructor(readonly inner: Inner) {}
    @Retry({ attempts: 3, backoff: { initial: 0 } })
    async read(): Promise<void> {
      await this.inner.read();
    }
  }
  const { app, clock } = await startApp([Inner, Outer]);
  const result = app
    .get(Outer)
    .read()
    .catch(() => {});
  for (let step = 0; step < 5; step++) await clock.advance(1);
  await result;
  expect(calls).toBe(3);
  expect(warn.mock.calls.filter(([text]) => /Inner\.read.*Outer\.read/.test(text))).toHaveLength(1);
  warn.mockRestore();
  const alone = app
    .get(Inner)
    .read()
    .catch(() => {});
  for (let step = 0; step < 5; step++) await clock.advance(1);
  await alone;
  expect(calls).toBe(6);
});

it('a deadline ends a call with all its attempts and delays', async () => {
  let calls = 0;
  @Injectable()
  class Client {
    @Deadline('250ms')
    @Retry({ attempts: 10, backoff: FIXED })
    @Timeout('250ms')
    async read(hang: boolean): Promise<void> {
      calls++;
      if (hang) await new Promise(() => {});
      throw new Error('down');
    }
  }
  const { app, clock } = await startApp([Client]);
  // The third attempt can begin at 200 ms; a fourth one would be too late.
  const failing = app
    .get(Client)
    .read(false)
    .catch((error: Error) => error.message);
  await clock.advance(250);
  await expect(failing).resolves.toBe('down');
  expect(calls).toBe(3);
  const hanging = app
    .get(Client)
    .read(true)
    .catch((error: unknown) => error);
  await clock.advance(250);
  await expect(hanging).resolves.toBeInstanceOf(DeadlineExceededError);
  expect(clock.pendingTimers).toBe(0);
});

it('the application does not wait for delayed retries when it closes', async () => {
  const { client, app, clock } = await startClient({ backoff: { initial: '10s', jitter: 'none' } });
  const result = client.read().catch((error: { code: string }) => error.code);
  await clock.advance(1);
  await app.close();
  await expect(result).resolves.toBe('APPLICATION_CLOSED');
  expect(clock.pendingTimers).toBe(0);
});

it('publishes an event for each failed attempt, also for an unaccepted result', async () => {
  const { client, clock } = await startClient({
    attempts: 2,
    backoff: FIXED,
    retryResult: () => true,
  });
  const events: unknown[] = [];
  const end = attemptFailed.subscribe((event) => events.push(event));
  client.answer = async () => 'pending';
  const result = runInContext({ correlationId: 'c' }, () => client.read());
  await clock.advance(100);
  await result;
  end();
  expect(events).toEqual([
    { policy: 'RetryingClient.read', attempt: 1, error: undefined, delayMs: 100 },
  ]);
});

describe('grpc-retry-pushback-ms', () => {
  /** Like metadata of @grpc/grpc-js: every field is a list, and a missing field is an empty one. */
  const metadata = (pushback: string | undefined) => ({
    get: (name: string) =>
      name === 'grpc-retry-pushback-ms' && pushback !== undefined ? [pushback] : [],
  });
  const unavailable = (pushback: string | undefined) =>
    Object.assign(new Error('14 UNAVAILABLE'), { code: 14, metadata: metadata(pushback) });

  it('in the metadata of an error is the minimum delay', async () => {
    const { client, clock } = await startClient({ attempts: 2, backoff: FIXED });
    client.answer = async (call) => {
      if (call === 1) throw unavailable('3000');
      return 'read';
    };
    const result = client.read();
    await clock.advance(2_999);
    expect(client.calls).toBe(1);
    await clock.advance(1);
    await expect(result).resolves.toBe('read');
  });

  it.each(['-1', '', 'soon', '1.5'])('of %p prevents a retry', async (pushback) => {
    const { client } = await startClient({ attempts: 2, backoff: FIXED });
    client.answer = async () => {
      throw unavailable(pushback);
    };
    await expect(client.read()).rejects.toThrow('UNAVAILABLE');
    expect(client.calls).toBe(1);
  });

  it('that is missing leaves the backoff as it is', async () => {
    const { client, clock } = await startClient({ attempts: 2, backoff: FIXED });
    client.answer = async (call) => {
      if (call === 1) throw unavailable(undefined);
      return 'read';
    };
    const result = client.read();
    await clock.advance(100);
    await expect(result).resolves.toBe('read');
  });
});
