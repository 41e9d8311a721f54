import { Deadline as TimeLeft, runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { CircuitBreaker, currentSignal, Fallback, Retry, type PolicyDecorator } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

it.each<[string, PolicyDecorator]>([
  ['a breaker', CircuitBreaker({ name: 'slow', minimumCalls: 1 })],
  ['a retry', Retry({ attempts: 3 })],
])(
  "the caller's deadline ends a call that has %s and no time limit of its own",
  async (_name, policy) => {
    const signals: (AbortSignal | undefined)[] = [];
    class Client {
      async read(): Promise<void> {
        signals.push(currentSignal());
        await new Promise(() => {});
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Client.prototype, 'read')!;
    policy(Client.prototype, 'read', descriptor);
    Object.defineProperty(Client.prototype, 'read', descriptor);
    const { app, clock, registry } = await startApp([Client]);
    const deadline = TimeLeft.after(150, clock);
    const result = runInContext({ correlationId: 'c', deadline }, () => app.get(Client).read());
    const code = result.catch((error: { code: string }) => error.code);
    await clock.advance(149);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    await expect(code).resolves.toBe('DEADLINE_EXCEEDED');
    expect(signals[0]?.aborted).toBe(true);
    expect(signals).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
    // A short deadline of the caller says nothing about the dependency.
    expect(registry.get('slow')?.state ?? 'closed').toBe('closed');
  },
);

it('a deadline that has passed rejects without calling the method', async () => {
  let calls = 0;
  @Injectable()
  class Client {
    @Fallback(() => 'late')
    @CircuitBreaker()
    async read(): Promise<string> {
      calls++;
      return 'read';
    }
  }
  const { app, clock } = await startApp([Client]);
  const deadline = TimeLeft.after(10, clock);
  await clock.advance(10);
  const result = runInContext({ correlationId: 'c', deadline }, () => app.get(Client).read());
  await expect(result).resolves.toBe('late');
  expect(calls).toBe(0);
});
