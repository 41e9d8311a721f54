import { currentContext, runInContext, type RequestContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Bulkhead, Cache, Fallback, Retry, SingleFlight } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

const as = <T>(context: Partial<RequestContext>, task: () => T): T =>
  runInContext({ correlationId: 'c', ...context }, task);

it('a call that waited in a bulkhead runs as its own merchant, not as the one that freed its slot', async () => {
  const ends: (() => void)[] = [];
  @Injectable()
  class Client {
    @Bulkhead({ maxConcurrent: 1, maxQueue: 5, maxWait: '1m' })
    async read(): Promise<string | undefined> {
      const before = currentContext()?.merchantId;
      await new Promise<void>((end) => ends.push(end));
      expect(currentContext()?.merchantId).toBe(before);
      return before;
    }
  }
  const { app, clock } = await startApp([Client]);
  const results = ['a', 'b', 'c'].map((merchantId) =>
    as({ merchantId }, () => app.get(Client).read()),
  );
  for (let call = 0; call < 3; call++) {
    await clock.advance(1);
    // As the first merchant, whose context must not leak to the call that gets the slot.
    as({ merchantId: 'a' }, () => ends[call]!());
  }
  await expect(Promise.all(results)).resolves.toEqual(['a', 'b', 'c']);
});

it('an AsyncLocalStorage of the application, such as a tenant, stays with its queued call', async () => {
  const tenant = new AsyncLocalStorage<string>();
  const ends: (() => void)[] = [];
  @Injectable()
  class Client {
    @Bulkhead({ maxConcurrent: 1, maxQueue: 5, maxWait: '1m' })
    async read(): Promise<string | undefined> {
      const before = tenant.getStore();
      await new Promise<void>((end) => ends.push(end));
      expect(tenant.getStore()).toBe(before);
      return before;
    }
  }
  const { app, clock } = await startApp([Client]);
  const results = ['a', 'b', 'c'].map((name) => tenant.run(name, () => app.get(Client).read()));
  for (let call = 0; call < 3; call++) {
    await clock.advance(1);
    tenant.run('a', () => ends[call]!());
  }
  await expect(Promise.all(results)).resolves.toEqual(['a', 'b', 'c']);
});

it('a retry after a backoff runs in the context of its own caller', async () => {
  const seen: (string | undefined)[] = [];
  @Injectable()
  class Client {
    @Retry({ attempts: 2, backoff: { initial: '100ms', jitter: 'none' } })
    async read(): Promise<void> {
      seen.push(currentContext()?.merchantId);
      if (currentContext()?.attempt === 1) throw new Error('down');
    }
  }
  const { app, clock } = await startApp([Client]);
  const results = ['a', 'b'].map((merchantId) => as({ merchantId }, () => app.get(Client).read()));
  await as({ merchantId: 'x' }, () => clock.advance(100));
  await Promise.all(results);
  expect(seen).toEqual(['a', 'b', 'a', 'b']);
});

it('joiners of a single flight keep their own context, also in their fallbacks', async () => {
  const tenant = new AsyncLocalStorage<string>();
  let runs = 0;
  @Injectable()
  class Client {
    @Fallback('whoAsked')
    @SingleFlight()
    async read(): Promise<string> {
      runs++;
      await new Promise((turn) => setImmediate(turn));
      throw new Error('down');
    }

    async whoAsked(): Promise<string> {
      return `${tenant.getStore()} ${currentContext()?.correlationId}`;
    }
  }
  const { app } = await startApp([Client]);
  const results = ['one', 'two', 'three'].map((correlationId) =>
    as({ correlationId, merchantId: 'a' }, () =>
      tenant.run(`tenant ${correlationId}`, () => app.get(Client).read()),
    ),
  );
  await expect(Promise.all(results)).resolves.toEqual([
    'tenant one one',
    'tenant two two',
    'tenant three three',
  ]);
  expect(runs).toBe(1);
});

it('two merchants never share a single flight or a cached value', async () => {
  let runs = 0;
  @Injectable()
  class Client {
    @SingleFlight()
    @Cache({ ttl: '1m' })
    async read(_id: number): Promise<string> {
      runs++;
      return `of ${currentContext()?.merchantId}`;
    }
  }
  const { app } = await startApp([Client]);
  const read = (merchantId: string): Promise<string> =>
    as({ merchantId }, () => app.get(Client).read(1));
  await expect(Promise.all([read('a'), read('b'), read('a')])).resolves.toEqual([
    'of a',
    'of b',
    'of a',
  ]);
  expect(runs).toBe(2);
});
