import { currentContext, runInContext } from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import { closeApps, startApp } from '../../test/start-app.js';
import {
  Cache,
  CircuitBreaker,
  RateLimit,
  ResilienceRegistry,
  SingleFlight,
  type PolicyDecorator,
} from '../index.js';

afterEach(closeApps);
afterEach(() => jest.restoreAllMocks());

const by = (shop: { id?: string | null }): string => shop.id as string;

it.each<[string, PolicyDecorator]>([
  ['@Cache', Cache({ ttl: '1m' })],
  ['@Cache with a key', Cache({ ttl: '1m', key: () => 'same' })],
  ['@SingleFlight', SingleFlight()],
  ['@SingleFlight with a key', SingleFlight({ key: () => 'same' })],
])('%s shares nothing between calls without a merchant', async (_name, policy) => {
  @Injectable()
  class Client {
    @policy
    async read(): Promise<string | undefined> {
      await new Promise((turn) => setImmediate(turn));
      return currentContext()?.correlationId;
    }
  }
  const { app } = await startApp([Client]);
  const read = (context: object): Promise<unknown> =>
    runInContext({ correlationId: 'c', ...context }, () => app.get(Client).read());
  const answers = await Promise.all([
    read({ correlationId: 'one' }),
    read({ correlationId: 'two' }),
    read({ correlationId: 'three', merchantId: 'a' }),
    read({ correlationId: 'four', merchantId: 'a', userId: 'ada' }),
  ]);
  expect(answers.slice(0, 3)).toEqual(['one', 'two', 'three']);
  await expect(read({ correlationId: 'five' })).resolves.toBe('five');
  await expect(app.get(Client).read()).resolves.toBeUndefined();
});

it.each<[string, unknown]>([
  ['undefined', undefined],
  ['null', null],
  ['empty', ''],
])('shares nothing between calls whose key is %s', async (_what, id) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  let runs = 0;
  @Injectable()
  class Client {
    @Cache({ ttl: '1m', scope: 'shared', key: by })
    async cached(_shop: object): Promise<number> {
      return ++runs;
    }
    @SingleFlight({ scope: 'shared', key: by })
    async joined(_shop: object): Promise<number> {
      await new Promise((turn) => setImmediate(turn));
      return ++runs;
    }
    @CircuitBreaker({ key: by, minimumCalls: 2, failureRatio: 0.5 })
    async guarded(_shop: object): Promise<never> {
      throw new Error('down');
    }
    @RateLimit({ limit: 1, per: '1m', key: by })
    async limited(_shop: object): Promise<void> {}
  }
  const { app } = await startApp([Client]);
  const client = app.get(Client);
  const shop = { id } as { id?: string };
  expect([await client.cached(shop), await client.cached(shop)]).toEqual([1, 2]);
  await expect(Promise.all([client.joined(shop), client.joined(shop)])).resolves.toEqual([3, 4]);
  for (let call = 0; call < 5; call++) await expect(client.guarded(shop)).rejects.toThrow('down');
  expect(app.get(ResilienceRegistry).all()).toEqual([]);
  // Neither unlimited nor at the expense of others.
  await expect(client.limited(shop)).rejects.toMatchObject({ code: 'NO_CALL_KEY' });
  await expect(client.limited({ id: 'a' })).resolves.toBeUndefined();
  if (id === undefined) {
    expect(warn.mock.calls.flat().join('\n')).toMatch(/@Cache has no effect on a call: its key is/);
  }
});
