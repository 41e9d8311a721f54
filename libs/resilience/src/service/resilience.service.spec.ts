import { currentContext, OptionError, runInContext } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CircuitBreaker,
  CircuitBreakerService,
  CircuitNotFoundError,
  CircuitOpenError,
  ResilienceModule,
  ResilienceRegistry,
  ResilienceService,
  Retry,
  Timeout,
  TimeoutError,
  type ResilienceEvent,
  type ResilienceModuleOptions,
} from '../index.js';
import { CircuitOperator } from '../operator/circuit-operator.js';

async function createApp(options: ResilienceModuleOptions = {}, providers: Type[] = []) {
  const clock = new FakeClock();
  @Module({
    imports: [ResilienceModule.forRoot({ clock, environment: {}, ...options })],
    providers,
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  return {
    clock,
    app,
    service: app.get(ResilienceService),
    circuits: app.get(CircuitBreakerService),
    registry: app.get(ResilienceRegistry),
  };
}

const down = async (): Promise<never> => {
  throw new Error('down');
};

describe('a named policy', () => {
  it('runs an operation through its set, with the signal and number of each attempt', async () => {
    const { service, clock, app } = await createApp({
      policies: {
        sms: { timeout: '1s', retry: { attempts: 2, backoff: { initial: 100, jitter: 'none' } } },
      },
    });
    const seen: [number, boolean | undefined][] = [];
    const result = service.policy('sms').execute(async ({ attempt, signal }) => {
      seen.push([attempt, signal?.aborted]);
      if (attempt === 1) return down();
      expect(currentContext()?.signal).toBe(signal);
      return 'sent';
    });
    await clock.advance(100);
    await expect(result).resolves.toBe('sent');
    expect(seen).toEqual([
      [1, false],
      [2, false],
    ]);
    await app.close();
  });

  it('ends an attempt at its timeout and aborts its signal', async () => {
    const { service, clock, app } = await createApp({ policies: { sms: { timeout: '1s' } } });
    let seen: AbortSignal | undefined;
    const result = service.policy('sms').execute(({ signal }) => {
      seen = signal;
      return new Promise(() => {});
    });
    const rejected = expect(result).rejects.toThrow(TimeoutError);
    await clock.advance(1_000);
    await rejected;
    expect(seen?.aborted).toBe(true);
    await app.close();
  });

  it('keeps the context of its caller', async () => {
    const { service, app } = await createApp({ policies: { sms: { circuitBreaker: {} } } });
    const id = await runInContext({ correlationId: 'order-7' }, () =>
      service.policy('sms').execute(async () => currentContext()?.correlationId),
    );
    expect(id).toBe('order-7');
    await app.close();
  });

  it('that does not exist is refused with the existing ones', async () => {
    const { service, app } = await createApp({ policies: { sms: { timeout: 1_000 } } });
    expect(() => service.policy('email')).toThrow("policy: got 'email'; add it to");
    expect(() => service.policy('email')).toThrow('existing sets: sms');
    await app.close();
  });

  it('with an invalid option fails the boot', async () => {
    const wrong = createApp({ policies: { sms: { retry: { attempts: 0 } } } });
    await expect(wrong).rejects.toThrow('policies.sms @Retry.attempts: got 0');
  });
});

describe('the circuit breaker service', () => {
  it('gives each name a breaker on first use', async () => {
    const { circuits, app } = await createApp({
      defaults: { circuitBreaker: { minimumCalls: 2 } },
    });
    for (let i = 0; i < 2; i++) await expect(circuits.execute('sms', down)).rejects.toThrow('down');
    await expect(circuits.execute('sms', down)).rejects.toThrow(CircuitOpenError);
    expect(circuits.getState('sms')).toEqual({
      isOpen: true,
      state: 'open',
      stats: { calls: 2, successes: 0, failures: 2, slowCalls: 0 },
    });
    await expect(circuits.execute('email', async () => 'sent')).resolves.toBe('sent');
    expect(Object.keys(circuits.getAllStates())).toEqual(['sms', 'email']);
    await app.close();
  });

  it('ends an operation after 10 s by default', async () => {
    const { circuits, clock, app } = await createApp();
    const result = circuits.execute('sms', () => new Promise(() => {}));
    const rejected = expect(result).rejects.toThrow('did not answer within 10000 ms');
    await clock.advance(10_000);
    await rejected;
    await app.close();
  });

  it('returns the answer of the fallback, which gets the error', async () => {
    const { circuits, app } = await createApp();
    const fallback = (error: unknown) => (error as Error).message;
    await expect(circuits.execute('sms', down, fallback)).resolves.toBe('down');
    await app.close();
  });

  it('keeps a manually opened circuit open until it is manually closed', async () => {
    const { circuits, clock, app } = await createApp();
    await circuits.execute('sms', async () => 'sent');
    circuits.openCircuit('sms');
    await clock.advance(3_600_000);
    await expect(circuits.execute('sms', async () => 'sent')).rejects.toThrow(CircuitOpenError);
    circuits.closeCircuit('sms');
    await expect(circuits.execute('sms', async () => 'sent')).resolves.toBe('sent');
    expect(circuits.getState('sms')).toMatchObject({ isOpen: false, state: 'closed' });
    await app.close();
  });

  it('lists the existing circuits when a name is unknown', async () => {
    const { circuits, app } = await createApp();
    await circuits.execute('sms', async () => 'sent');
    expect(() => circuits.getState('smss')).toThrow(CircuitNotFoundError);
    expect(() => circuits.openCircuit('smss')).toThrow("no circuit 'smss'; existing circuits: sms");
    await app.close();
  });
});

describe('options of a running breaker', () => {
  it('change in place and keep the counts', async () => {
    const { circuits, service, app } = await createApp();
    for (let i = 0; i < 5; i++) await circuits.execute('sms', down).catch(() => {});
    service.update('sms', { minimumCalls: 6 });
    expect(circuits.getState('sms')).toMatchObject({ state: 'closed', stats: { failures: 5 } });
    await circuits.execute('sms', down).catch(() => {});
    expect(circuits.getState('sms').state).toBe('open');
    await app.close();
  });

  it('that are invalid change nothing', async () => {
    const { circuits, service, app } = await createApp();
    await circuits.execute('sms', down).catch(() => {});
    expect(() => service.update('sms', { minimumCalls: Number.NaN })).toThrow(OptionError);
    service.update('sms', { failureRatio: 1 });
    expect(circuits.getState('sms').stats.failures).toBe(1);
    expect(() => service.update('email', {})).toThrow(CircuitNotFoundError);
    await app.close();
  });
});

describe('the environment', () => {
  @Injectable()
  class SmsClient {
    @Retry({ attempts: 3 })
    @CircuitBreaker({ name: 'sms-provider', minimumCalls: 20 })
    @Timeout('2s')
    async send(): Promise<void> {}
  }
  const explain = ({ registry }: Awaited<ReturnType<typeof createApp>>): string =>
    registry.pipelineOf(SmsClient.prototype.send).explain();

  it("sets defaults under opossum's names", async () => {
    const { circuits, service, app } = await createApp({
      environment: {
        CIRCUIT_BREAKER_ERROR_THRESHOLD: '100',
        CIRCUIT_BREAKER_VOLUME_THRESHOLD: '2',
        CIRCUIT_BREAKER_RESET_TIMEOUT: '5000',
        CIRCUIT_BREAKER_TIMEOUT: '1234',
      },
    });
    await circuits.execute('sms', async () => 'sent');
    for (let i = 0; i < 2; i++) await circuits.execute('sms', down).catch(() => {});
    expect(circuits.getState('sms').state).toBe('closed');
    expect(service.policy).toBeDefined();
    const text = app.get(ResilienceRegistry).pipelineOfSet('sms').explain();
    expect(text).toContain('timeout: 1234 ms');
    expect(text).toContain('at 100 % failures of at least 2 calls');
    await app.close();
  });

  it('overrides the code for the dependency of that name', async () => {
    const app = await createApp(
      {
        environment: {
          RESILIENCE_SMS_PROVIDER_MINIMUM_CALLS: '7',
          RESILIENCE_SMS_PROVIDER_TIMEOUT: '500ms',
          RESILIENCE_SMS_PROVIDER_ATTEMPTS: '5',
        },
      },
      [SmsClient],
    );
    expect(explain(app)).toContain('at least 7 calls');
    expect(explain(app)).toContain('timeout: 500 ms');
    expect(explain(app)).toContain('retry: 5 attempts');
    await app.app.close();
  });

  it('adds no policy that a method does not have', async () => {
    const app = await createApp({ environment: { RESILIENCE_SMS_PROVIDER_MAX_CONCURRENT: '2' } }, [
      SmsClient,
    ]);
    expect(explain(app)).not.toContain('bulkhead');
    await app.app.close();
  });

  it.each([
    ['CIRCUIT_BREAKER_VOLUME_THRESHOLD', 'many'],
    ['CIRCUIT_BREAKER_ERROR_THRESHOLD', '150'],
    ['CIRCUIT_BREAKER_RESET_TIMEOUT', 'soon'],
    ['CIRCUIT_BREAKER_TIMEOUT', ''],
    ['RESILIENCE_SMS_PROVIDER_ATTEMPTS', '1.5'],
  ])('fails the boot when %s is %p, and names the variable', async (variable, value) => {
    const wrong = createApp({ environment: { [variable]: value } }, [SmsClient]);
    await expect(wrong).rejects.toThrow(variable);
  });
});

it('publishes the events of all policies as one typed stream', async () => {
  const { circuits, service, app, registry } = await createApp({
    defaults: { circuitBreaker: { minimumCalls: 1 } },
  });
  const events: ResilienceEvent[] = [];
  const subscription = service.events$.subscribe((event) => events.push(event));
  await circuits.execute('sms', down).catch(() => {});
  subscription.unsubscribe();
  await circuits.execute('email', down).catch(() => {});
  expect(events).toEqual([
    { type: 'circuit-state', app: registry.app, policy: 'sms', from: 'closed', to: 'open' },
  ]);
  await app.close();
});

it('publishes circuit changes and commands of its own application only', async () => {
  const one = await createApp();
  const two = await createApp();
  const heard = [one, two].map(({ service }) => {
    const events: ResilienceEvent[] = [];
    service.events$.subscribe((event) => events.push(event));
    return events;
  });
  await one.circuits.execute('sms', async () => 'sent');
  await two.circuits.execute('sms', async () => 'sent');
  two.circuits.openCircuit('sms');
  const by = { policy: 'sms', command: 'close', by: 'ada' } as const;
  await two.app.get(CircuitOperator).command(by);
  expect(heard[0]).toEqual([]);
  expect(heard[1]).toEqual([
    expect.objectContaining({ type: 'circuit-state', app: two.registry.app, to: 'forced-open' }),
    expect.objectContaining({ type: 'circuit-state', to: 'closed' }),
    expect.objectContaining({ type: 'operator-command', app: two.registry.app, ...by }),
  ]);
  expect(one.registry.app).not.toBe(two.registry.app);
  await Promise.all([one.app.close(), two.app.close()]);
});
