import { currentContext, Deadline, runInContext, SystemClock } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { Controller, Get, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import {
  attemptFailed,
  CircuitBreaker,
  CircuitOpenError,
  currentSignal,
  Fallback,
  ResilienceModule,
  ResilienceRegistry,
  Retry,
  Timeout,
  TimeoutError,
  type AttemptFailed,
} from './index.js';

@Injectable()
class SmsClient {
  calls = 0;
  signals: (AbortSignal | undefined)[] = [];
  answer: () => Promise<string> = async () => 'sms';

  @CircuitBreaker({ name: 'sms', minimumCalls: 2, openFor: '30s' })
  @Fallback('sendEmail')
  @Timeout('2s')
  @Retry({ attempts: 2, backoff: { initial: '100ms', jitter: 'none' } })
  async send(to: string, _text = 'hello'): Promise<string> {
    this.calls++;
    this.signals.push(currentSignal());
    return `${await this.answer()}:${to}`;
  }

  async sendEmail(to: string, _text: string | undefined, error: unknown): Promise<string> {
    return `email:${to}:${(error as { code?: string }).code ?? (error as Error).message}`;
  }
}

async function createApp(providers: Type[], clock = new FakeClock()) {
  @Module({ imports: [ResilienceModule.forRoot({ clock })], providers })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  return { app, clock };
}

const down = async (): Promise<never> => {
  throw new Error('down');
};

describe('a protected provider', () => {
  it('runs its policies in one order, whatever the order of the decorators', async () => {
    const { app } = await createApp([SmsClient]);
    const registry = app.get(ResilienceRegistry);
    expect(registry.pipelineOf(SmsClient.prototype.send).explain()).toBe(
      [
        'SmsClient.send',
        '  fallback: sendEmail()',
        '    retry: 2 attempts',
        '      circuit-breaker: sms, opens for 30000 ms at 50 % failures of at least 2 calls',
        '        timeout: 2000 ms',
      ].join('\n'),
    );
    await app.close();
  });

  it('keeps the name and the length of the method', () => {
    expect(SmsClient.prototype.send.name).toBe('send');
    expect(SmsClient.prototype.send.length).toBe(1);
  });

  it('passes arguments and the instance through', async () => {
    const { app } = await createApp([SmsClient]);
    await expect(app.get(SmsClient).send('+1')).resolves.toBe('sms:+1');
    expect(app.get(SmsClient).calls).toBe(1);
    await app.close();
  });

  it('retries after the backoff and publishes an event', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const events: AttemptFailed[] = [];
    const end = attemptFailed.subscribe((event) => events.push(event));
    const sms = app.get(SmsClient);
    sms.answer = async () => (sms.calls === 1 ? down() : 'sms');
    const result = sms.send('+1');
    await clock.advance(99);
    expect(sms.calls).toBe(1);
    await clock.advance(1);
    await expect(result).resolves.toBe('sms:+1');
    expect(events).toMatchObject([{ policy: 'sms', attempt: 1, delayMs: 100 }]);
    end();
    await app.close();
  });

  it('falls back with the error when every attempt has failed', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = down;
    const result = sms.send('+1');
    await clock.advance(100);
    await expect(result).resolves.toBe('email:+1:down');
    expect(sms.calls).toBe(2);
    await app.close();
  });

  it('stops calling and falls back at once when the circuit is open', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = down;
    const first = sms.send('+1');
    await clock.advance(100);
    await first;
    await expect(sms.send('+2')).resolves.toBe('email:+2:CIRCUIT_OPEN');
    expect(sms.calls).toBe(2);
    expect(app.get(ResilienceRegistry).get('sms')?.snapshot.state).toBe('open');
    await app.close();
  });

  it('ends a hanging attempt at its timeout, aborts its signal and counts a failure', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = () => new Promise(() => {});
    const result = sms.send('+1');
    await clock.advance(2_000);
    await clock.advance(100);
    await clock.advance(2_000);
    await expect(result).resolves.toBe('email:+1:TIMEOUT');
    expect(sms.signals.map((signal) => signal?.reason)).toEqual([
      expect.any(TimeoutError),
      expect.any(TimeoutError),
    ]);
    expect(clock.pendingTimers).toBe(0);
    await app.close();
  });

  it('does not abort the signal of an attempt that succeeded', async () => {
    const { app } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    await sms.send('+1');
    expect(sms.signals[0]?.aborted).toBe(false);
    await app.close();
  });

  it('waits no longer than its caller, whose deadline caps attempts and delays', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = () => new Promise(() => {});
    const deadline = Deadline.after(150, clock);
    const result = runInContext({ correlationId: 'c', deadline }, () => sms.send('+1'));
    await clock.advance(150);
    await expect(result).resolves.toBe('email:+1:TIMEOUT');
    expect(sms.calls).toBe(1);
    await app.close();
  });

  it('ends the delay before a retry when the caller aborts, without a fallback', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = down;
    const caller = new AbortController();
    const result = runInContext({ correlationId: 'c', signal: caller.signal }, () =>
      sms.send('+1'),
    );
    await clock.advance(50);
    caller.abort(new Error('gone'));
    await expect(result).rejects.toThrow('gone');
    expect(sms.calls).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    await app.close();
  });

  it('does not count the abort of a caller against the dependency', async () => {
    const { app, clock } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = () => new Promise(() => {});
    const caller = new AbortController();
    const result = runInContext({ correlationId: 'c', signal: caller.signal }, () =>
      sms.send('+1'),
    );
    await clock.advance(50);
    caller.abort(new Error('gone'));
    await expect(result).rejects.toThrow('gone');
    expect(app.get(ResilienceRegistry).get('sms')?.snapshot).toMatchObject({
      successes: 0,
      failures: 0,
    });
    await app.close();
  });

  it('keeps the request context of the caller in the method', async () => {
    const { app } = await createApp([SmsClient]);
    const sms = app.get(SmsClient);
    sms.answer = async () => currentContext()!.correlationId;
    const result = runInContext({ correlationId: 'order-7' }, () => sms.send('+1'));
    await expect(result).resolves.toBe('order-7:+1');
    await app.close();
  });
});

it('lets an answer win that arrived while the event loop was blocked', async () => {
  @Injectable()
  class Upstream {
    @Timeout('20ms')
    read(): Promise<string> {
      return new Promise((resolve) => setImmediate(() => resolve('in time')));
    }
  }
  const { app } = await createApp([Upstream], new SystemClock() as never);
  const answer = app.get(Upstream).read();
  const until = performance.now() + 60;
  while (performance.now() < until);
  await expect(answer).resolves.toBe('in time');
  await app.close();
});

it('protects self-calls, request-scoped and inherited methods with their own instance', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class Base {
    name = 'base';
    @Retry({ attempts: 2, backoff: { initial: 0 } })
    async read(failures: { left: number }): Promise<string> {
      if (failures.left-- > 0) throw new Error('down');
      return this.name;
    }
  }
  @Injectable({ scope: Scope.REQUEST })
  class Derived extends Base {
    override name = 'derived';
    async through(): Promise<string> {
      return this.read({ left: 1 });
    }
  }
  const { app, clock } = await createApp([Base, Derived]);
  const derived = await app.resolve(Derived);
  const base = await app.resolve(Base);
  const results = Promise.all([derived.through(), base.read({ left: 1 })]);
  await clock.advance(0);
  await expect(results).resolves.toEqual(['derived', 'base']);
  await app.close();
});

it('protects instances that a factory created', async () => {
  const MADE = 'MADE';
  class Client {
    @Retry({ attempts: 2, backoff: { initial: 0 } })
    async read(failures: { left: number }): Promise<string> {
      if (failures.left-- > 0) throw new Error('down');
      return 'up';
    }
  }
  @Injectable()
  class User {
    constructor(@Inject(MADE) readonly client: Client) {}
  }
  @Module({
    imports: [ResilienceModule.forRoot({})],
    providers: [{ provide: MADE, useFactory: () => new Client() }, User],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await expect(app.get(User).client.read({ left: 1 })).resolves.toBe('up');
  await app.close();
});

it('shares nothing between two applications in one process', async () => {
  const one = await createApp([SmsClient]);
  const two = await createApp([SmsClient]);
  const sms = one.app.get(SmsClient);
  sms.answer = down;
  const result = sms.send('+1');
  await one.clock.advance(100);
  await result;
  await expect(two.app.get(SmsClient).send('+1')).resolves.toBe('sms:+1');
  await Promise.all([one.app.close(), two.app.close()]);
});

it('keeps a decorated route with the policy above or below it', () => {
  @Controller()
  class Routes {
    @Retry()
    @Get('above')
    async above(): Promise<void> {}

    @Get('below')
    @Retry()
    async below(): Promise<void> {}
  }
  expect(Reflect.getMetadata(PATH_METADATA, Routes.prototype.above)).toBe('above');
  expect(Reflect.getMetadata(PATH_METADATA, Routes.prototype.below)).toBe('below');
});

describe('the boot fails', () => {
  it('when the fallback is missing at run time', async () => {
    @Injectable()
    class Broken {
      @Fallback('absent' as never)
      async send(): Promise<void> {}
    }
    await expect(createApp([Broken])).rejects.toThrow(
      "Broken.send @Fallback: got 'absent'; name a method of the same class",
    );
  });

  it('when an option comes from an unset variable', async () => {
    @Injectable()
    class Broken {
      @Retry({ attempts: Number(process.env['LOYALNEST_UNSET_VARIABLE']) })
      async send(): Promise<void> {}
    }
    await expect(createApp([Broken])).rejects.toThrow(
      'Broken.send @Retry.attempts: got NaN; use a whole number >= 1',
    );
  });

  it('when two methods declare one breaker with different options', async () => {
    @Injectable()
    class Broken {
      @CircuitBreaker({ name: 'sms', minimumCalls: 5 })
      async one(): Promise<void> {}
      @CircuitBreaker({ name: 'sms', minimumCalls: 6 })
      async two(): Promise<void> {}
    }
    await expect(createApp([Broken])).rejects.toThrow("the breaker 'sms' is already declared");
  });

  it('when the module is missing', async () => {
    @Module({ providers: [SmsClient] })
    class App {}
    await expect(
      NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
    ).rejects.toThrow('ResilienceRegistry');
  });
});

it('never retries the rejection of an open circuit', () => {
  expect(CircuitOpenError.create('sms', 5).retryable).toBe(false);
});

it('does not compile on synchronous methods or with a mismatched fallback', () => {
  class Wrong {
    // @ts-expect-error a policy can only protect a method that returns a promise
    @Retry()
    now(): string {
      return 'now';
    }

    // @ts-expect-error the fallback has other parameters
    @Fallback('other')
    async send(_to: string): Promise<string> {
      return 'sent';
    }

    async other(_count: number): Promise<string> {
      return 'other';
    }
  }
  expect(Wrong.prototype.send.name).toBe('send');
});
