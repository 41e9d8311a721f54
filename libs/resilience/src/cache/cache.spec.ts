import { runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { Cache, SingleFlight, staleServed, type CacheOptions } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

async function startClient(options: CacheOptions) {
  @Injectable()
  class Client {
    calls = 0;
    down = false;
    @Cache({ scope: 'shared', ...options })
    async read(..._args: unknown[]): Promise<number> {
      this.calls++;
      if (this.down) throw new Error('down');
      return this.calls;
    }
  }
  const { app, clock } = await startApp([Client]);
  return { client: app.get(Client), clock };
}

it('serves a value until it expires', async () => {
  const { client, clock } = await startClient({ ttl: '1m' });
  await expect(client.read(1)).resolves.toBe(1);
  await clock.advance(59_999);
  await expect(client.read(1)).resolves.toBe(1);
  await clock.advance(1);
  await expect(client.read(1)).resolves.toBe(2);
});

it('serves the expired value when a call fails, and publishes an event', async () => {
  const { client, clock } = await startClient({ ttl: '1m', staleIfError: '10m' });
  const events: unknown[] = [];
  const end = staleServed.subscribe((event) => events.push(event));
  await client.read(1);
  client.down = true;
  await clock.advance(120_000);
  await expect(client.read(1)).resolves.toBe(1);
  expect(events).toMatchObject([{ policy: 'Client.read', ageMs: 120_000 }]);
  end();
  await clock.advance(600_000);
  await expect(client.read(1)).rejects.toThrow('down');
});

it('never caches an error', async () => {
  const { client } = await startClient({ ttl: '1m' });
  client.down = true;
  await expect(client.read(1)).rejects.toThrow('down');
  client.down = false;
  await expect(client.read(1)).resolves.toBe(2);
});

it.each([
  [['1'], [1]],
  [[undefined], [null]],
  [[1n], [1]],
  [[[1, 2]], [[1], 2]],
  [[{ a: 1 }], [{ a: 2 }]],
  [[new Date(0)], [new Date(1)]],
  [[Number.NaN], [null]],
])('distinguishes %p from %p', async (one, other) => {
  const { client } = await startClient({ ttl: '1m' });
  await client.read(...one);
  await expect(client.read(...other)).resolves.toBe(2);
});

it('treats objects with the same fields in another order as equal', async () => {
  const { client } = await startClient({ ttl: '1m' });
  await client.read({ a: 1, b: 2 });
  await expect(client.read({ b: 2, a: 1 })).resolves.toBe(1);
});

it('rejects arguments that are not plain data if there is no key', async () => {
  const { client } = await startClient({ ttl: '1m' });
  await expect(client.read(new Map())).rejects.toMatchObject({ code: 'NO_CALL_KEY' });
});

it('shares a value between merchants if its scope is shared', async () => {
  const { client } = await startClient({ ttl: '1m', scope: 'shared', key: () => 'catalogue' });
  const as = (merchantId: string): Promise<number> =>
    runInContext({ correlationId: 'c', merchantId }, () => client.read(new Map()));
  await expect(as('a')).resolves.toBe(1);
  await expect(as('b')).resolves.toBe(1);
});

it('drops the least recently used value', async () => {
  const { client } = await startClient({ ttl: '1m', maxEntries: 2 });
  await client.read('a');
  await client.read('b');
  await client.read('a');
  await client.read('c');
  await expect(client.read('a')).resolves.toBe(1);
  await expect(client.read('b')).resolves.toBe(4);
});

describe.each([
  ['@Cache', Cache({ ttl: '1m', scope: 'shared' })],
  ['@SingleFlight', SingleFlight({ scope: 'shared' })],
])('two instances of a class under %s', (_name, share) => {
  it('share nothing', async () => {
    class Client {
      constructor(readonly shop: string) {}
      @share
      async owner(): Promise<string> {
        await Promise.resolve();
        return this.shop;
      }
    }
    const providers = ['a', 'b'].map((shop) => ({
      provide: shop,
      useFactory: () => new Client(shop),
    }));
    const { app } = await startApp(providers);
    const [a, b] = [app.get<Client>('a'), app.get<Client>('b')];
    await expect(Promise.all([a.owner(), b.owner()])).resolves.toEqual(['a', 'b']);
    await expect(b.owner()).resolves.toBe('b');
  });
});

it.each<[string, () => unknown]>([
  ['a promise', async () => 'a'],
  ['an object', () => ({ id: 1 })],
  ['a list', () => ['a']],
  ['a function', () => () => 'a'],
  ['NaN', () => Number.NaN],
  ['null', () => null],
])('shares nothing if the key is %s', async (_what, key) => {
  const { client } = await startClient({ ttl: '1m', key: key as () => string });
  await client.read();
  await expect(client.read()).resolves.toBe(2);
});
