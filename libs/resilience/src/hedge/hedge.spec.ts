import { Injectable } from '@nestjs/common';
import {
  CircuitBreaker,
  currentSignal,
  Hedge,
  HedgeLostError,
  hedgeStarted,
  Timeout,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

async function startClient(max = 1) {
  @Injectable()
  class Client {
    readonly settles: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
    readonly signals: AbortSignal[] = [];
    @CircuitBreaker({ name: 'hedged', minimumCalls: 1 })
    @Hedge({ idempotent: true, delay: '50ms', max })
    @Timeout('1s')
    read(): Promise<string> {
      this.signals.push(currentSignal()!);
      return new Promise((resolve, reject) => this.settles.push({ resolve, reject }));
    }
  }
  const { app, clock, registry } = await startApp([Client]);
  return { client: app.get(Client), clock, circuit: registry.get('hedged')! };
}

it('starts no hedge for a call that answers in time', async () => {
  const { client, clock } = await startClient();
  const result = client.read();
  client.settles[0]!.resolve('first');
  await expect(result).resolves.toBe('first');
  await clock.advance(50);
  expect(client.settles).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
});

it('the first success wins, the other attempt is aborted, and one call is counted', async () => {
  const { client, clock, circuit } = await startClient();
  const events: unknown[] = [];
  const end = hedgeStarted.subscribe((event) => events.push(event));
  const result = client.read();
  await clock.advance(50);
  expect(client.settles).toHaveLength(2);
  client.settles[1]!.resolve('second');
  await expect(result).resolves.toBe('second');
  end();
  expect(events).toEqual([{ policy: 'hedged', hedge: 1 }]);
  expect(client.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(client.signals[0]!.reason).toBeInstanceOf(HedgeLostError);
  expect(circuit.snapshot).toMatchObject({ successes: 1, failures: 0 });
});

it('fails only when every attempt has failed', async () => {
  const { client, clock, circuit } = await startClient();
  const result = client.read();
  await clock.advance(50);
  client.settles[0]!.reject(new Error('first'));
  await clock.advance(0);
  client.settles[1]!.reject(new Error('second'));
  await expect(result).rejects.toThrow('second');
  expect(circuit.snapshot.failures).toBe(1);
});

it('starts at most max extra attempts', async () => {
  const { client, clock } = await startClient(2);
  const result = client.read();
  await clock.advance(500);
  expect(client.settles).toHaveLength(3);
  client.settles[2]!.resolve('third');
  await expect(result).resolves.toBe('third');
});
