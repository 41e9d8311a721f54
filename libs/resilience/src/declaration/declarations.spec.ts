import { currentContext, runInContext } from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import {
  Bulkhead,
  Cache,
  CircuitBreaker,
  currentSignal,
  Deadline,
  Fallback,
  FaultInjection,
  Hedge,
  RateLimit,
  Resilient,
  Retry,
  Signal,
  SingleFlight,
  Timeout,
  type PolicyDecorator,
  type ResilienceModuleOptions,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

const explain = async (
  Class: new () => object,
  options?: ResilienceModuleOptions,
): Promise<string[]> => {
  const { registry } = await startApp([Class], options);
  return registry.pipelines().map((pipeline) => pipeline.explain());
};

it('runs all policies in the canonical order, whatever the order in the source', async () => {
  @Injectable()
  class Client {
    @FaultInjection({})
    @Timeout('1s')
    @Hedge({ idempotent: true, delay: '100ms' })
    @CircuitBreaker()
    @Retry()
    @Bulkhead()
    @RateLimit({ limit: 5 })
    @Deadline('10s')
    @SingleFlight()
    @Cache({ ttl: '1m', staleIfError: '5m' })
    @Fallback(() => 'instead')
    async read(): Promise<string> {
      return 'read';
    }
  }
  await expect(explain(Client)).resolves.toEqual([
    [
      'Client.read',
      '  fallback: function()',
      '    cache: 60000 ms, stale for 300000 ms more on errors',
      '      single-flight: one run per merchant and key',
      '        deadline: 10000 ms',
      '          rate-limit: Client.read, 5 in 1000 ms, burst 5',
      '            bulkhead: Client.read, 10 at a time, 0 waiting',
      '              retry: 3 attempts',
      '                circuit-breaker: Client.read, opens for 30000 ms at 50 % failures of at least 20 calls',
      '                  hedge: up to 1 more, one every 100 ms',
      '                    timeout: 1000 ms',
      '                      fault-injection: while armed, 0 % errors, 0 % delayed by 0 ms',
    ].join('\n'),
  ]);
});

describe('on a class', () => {
  it("applies to its async methods, and a method's own options win field by field", async () => {
    @Timeout('1s')
    @Retry({ attempts: 5, backoff: { initial: 0 } })
    @Injectable()
    class Client {
      async read(): Promise<void> {}
      @Retry({ attempts: 2 })
      async write(): Promise<void> {}
      plain(): string {
        return 'plain';
      }
      async _internal(): Promise<void> {}
      async onModuleInit(): Promise<void> {}
    }
    await expect(explain(Client)).resolves.toEqual([
      'Client.read\n  retry: 5 attempts\n    timeout: 1000 ms',
      'Client.write\n  retry: 2 attempts\n    timeout: 1000 ms',
    ]);
  });

  it('skips a method that serves as a fallback', async () => {
    @Retry()
    @Injectable()
    class Client {
      @Fallback('instead')
      async read(): Promise<string> {
        throw new Error('down');
      }
      async instead(_error: unknown): Promise<string> {
        return 'instead';
      }
    }
    await expect(explain(Client)).resolves.toHaveLength(1);
  });

  it('is inherited with the methods, but an overridden method has only its own policies', async () => {
    @Retry()
    class Base {
      async read(): Promise<string> {
        return 'base';
      }
      async write(): Promise<string> {
        return 'base';
      }
    }
    @Injectable()
    class Derived extends Base {
      @Timeout('1s')
      override async write(): Promise<string> {
        return 'derived';
      }
    }
    await expect(explain(Derived)).resolves.toEqual(
      expect.arrayContaining([
        "Derived.read\n  deadline: the caller's\n    retry: 3 attempts",
        'Derived.write\n  timeout: 1000 ms',
      ]),
    );
  });

  it('warns if it applies to no method', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    @Retry()
    class Empty {
      plain(): void {}
    }
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('a policy on class Empty applies to none'),
      expect.anything(),
    );
    expect(Empty.prototype.plain).toBeDefined();
    warn.mockRestore();
  });
});

describe('a named set', () => {
  const policies = {
    sms: {
      retry: { attempts: 4 },
      circuitBreaker: { minimumCalls: 1 },
      timeout: '2s',
      fallback: { handler: () => 'instead' },
    },
  } as const;

  it('provides policies that a method can change', async () => {
    @Injectable()
    class Client {
      @Resilient('sms')
      @Timeout('500ms')
      async send(): Promise<string> {
        return 'sent';
      }
    }
    await expect(explain(Client, { policies, environment: {} })).resolves.toContainEqual(
      expect.stringMatching(/^Client\.send\n.*handler\(\)\n.*4 attempts\n.*: sms,.*\n.*500 ms$/),
    );
  });

  it('is one dependency with one breaker, whichever methods use it', async () => {
    @Injectable()
    class Client {
      @Resilient('sms')
      async send(): Promise<string> {
        throw new Error('down');
      }
      @Resilient('sms')
      async status(): Promise<string> {
        return 'up';
      }
    }
    const { app, clock, registry } = await startApp([Client], { policies });
    const result = app.get(Client).send();
    await clock.advance(1_000);
    await expect(result).resolves.toBe('instead');
    await expect(app.get(Client).status()).resolves.toBe('instead');
    expect(registry.all()).toHaveLength(1);
  });

  it('that does not exist fails the boot and lists the existing sets', async () => {
    @Injectable()
    class Client {
      @Resilient('smss')
      async send(): Promise<void> {}
    }
    await expect(startApp([Client], { policies })).rejects.toThrow(
      "Client.send @Resilient: got 'smss'; add it to ResilienceModule.forRoot({ policies }); existing sets: sms",
    );
  });
});

it('defaults fill in missing options and enable no policy', async () => {
  @Injectable()
  class Client {
    @Retry({ backoff: { initial: 0 } })
    async read(): Promise<void> {}
  }
  const defaults = { retry: { attempts: 7 }, bulkhead: { maxConcurrent: 1 } };
  await expect(explain(Client, { defaults })).resolves.toEqual([
    "Client.read\n  deadline: the caller's\n    retry: 7 attempts",
  ]);
});

describe('a fallback', () => {
  it('can be a function and can handle some errors only', async () => {
    @Injectable()
    class Client {
      @Fallback((error, [id]: [number]) => `${(error as Error).message}:${id}`, {
        on: (error) => (error as Error).message === 'down',
      })
      async read(id: number): Promise<string> {
        throw new Error(id === 1 ? 'down' : 'other');
      }
    }
    const { app } = await startApp([Client]);
    await expect(app.get(Client).read(1)).resolves.toBe('down:1');
    await expect(app.get(Client).read(2)).rejects.toThrow('other');
  });

  it('that names its own method fails the boot', async () => {
    @Injectable()
    class Client {
      @Fallback('read' as never)
      async read(): Promise<void> {}
    }
    await expect(startApp([Client])).rejects.toThrow('name another method');
  });
});

describe('@Signal()', () => {
  @Injectable()
  class Client {
    seen: (AbortSignal | undefined)[] = [];
    @Timeout('1s')
    async read(_id: number, @Signal() signal?: AbortSignal): Promise<boolean> {
      this.seen.push(signal);
      return signal === currentSignal();
    }
    @CircuitBreaker()
    async without(@Signal() signal?: AbortSignal): Promise<AbortSignal | undefined> {
      expect(currentContext()?.signal).toBe(signal);
      return signal;
    }
  }

  it('is the signal of the attempt', async () => {
    const { app, clock } = await startApp([Client]);
    await expect(app.get(Client).read(1)).resolves.toBe(true);
    expect(app.get(Client).seen[0]).toBeInstanceOf(AbortSignal);
    expect(clock.pendingTimers).toBe(0);
  });

  it('follows the signal that the caller passes and the one of the context', async () => {
    const { app } = await startApp([Client]);
    for (const which of ['given', 'context'] as const) {
      const callers = { given: new AbortController(), context: new AbortController() };
      const signal = await runInContext(
        { correlationId: 'c', signal: callers.context.signal },
        () => app.get(Client).without(callers.given.signal),
      );
      expect(signal!.aborted).toBe(false);
      callers[which].abort();
      expect(signal!.aborted).toBe(true);
    }
  });

  it('without a policy causes a warning', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    @Injectable()
    class Idle {
      async read(@Signal() _signal?: AbortSignal): Promise<void> {}
    }
    await startApp([Idle]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('Idle.read @Signal'));
    warn.mockRestore();
  });
});

const on = (...decorators: readonly PolicyDecorator[]): new () => object => {
  class Client {
    async read(): Promise<void> {}
  }
  for (const decorator of decorators) {
    const descriptor = Object.getOwnPropertyDescriptor(Client.prototype, 'read')!;
    decorator(Client.prototype, 'read', descriptor);
    Object.defineProperty(Client.prototype, 'read', descriptor);
  }
  return Client;
};

it.each<[string, PolicyDecorator[], string]>([
  ['a timeout longer than the deadline', [Timeout('5s'), Deadline('1s')], '@Timeout: got 5000'],
  [
    'a hedge that would start after the timeout',
    [Hedge({ idempotent: true, delay: '2s' }), Timeout('1s')],
    '@Hedge.delay: got 2000',
  ],
  ['a hedge without idempotent: true', [Hedge({ delay: '1s' } as never)], '@Hedge.idempotent'],
  ['a maxWait without a queue', [Bulkhead({ maxWait: '1s' })], '@Bulkhead.maxWait'],
  [
    'a breaker that could never open',
    [CircuitBreaker({ windowCalls: 10 })],
    '@CircuitBreaker.minimumCalls: got 20',
  ],
  [
    'a window of both time and calls',
    [CircuitBreaker({ windowCalls: 100, window: '10s' })],
    '@CircuitBreaker.windowCalls',
  ],
])('refuses %s', async (_name, decorators, message) => {
  await expect(startApp([on(...decorators)])).rejects.toThrow(`Client.read ${message}`);
});

it.each<[string, PolicyDecorator[], string]>([
  ['a retry with one attempt', [Retry({ attempts: 1 })], 'set attempts to 2 or more'],
  ['a hedge without a timeout', [Hedge({ idempotent: true, delay: '1s' })], 'add @Timeout'],
  [
    'slow calls that time out before they are slow',
    [CircuitBreaker({ slowCall: '5s' }), Timeout('1s')],
    'use less than the timeout',
  ],
  [
    'a maxWait longer than the deadline',
    [Bulkhead({ maxQueue: 1, maxWait: '2s' }), Deadline('1s')],
    'use a shorter maxWait',
  ],
])('warns about %s', async (_name, decorators, message) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  await startApp([on(...decorators)]);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining(message));
  warn.mockRestore();
});
