import { currentContext, runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import {
  concat,
  defer,
  EMPTY,
  finalize,
  firstValueFrom,
  NEVER,
  Observable,
  of,
  range,
  shareReplay,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import {
  Bulkhead,
  CircuitBreaker,
  Deadline,
  Fallback,
  FaultInjection,
  RateLimit,
  Retry,
  Timeout,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

type Decorate = () => MethodDecorator;

const decorator = (value: unknown): MethodDecorator => value as MethodDecorator;

const ONE: readonly (readonly [string, Decorate])[] = [
  ['@Retry', () => decorator(Retry({ attempts: 2, backoff: { initial: '10ms', jitter: 'none' } }))],
  ['@CircuitBreaker', () => decorator(CircuitBreaker({ name: 'sync', minimumCalls: 1 }))],
  ['@Timeout', () => decorator(Timeout('1s'))],
  ['@Deadline', () => decorator(Deadline('5s'))],
  ['@Bulkhead', () => decorator(Bulkhead({ name: 'sync', maxConcurrent: 1, maxQueue: 5 }))],
  ['@RateLimit', () => decorator(RateLimit({ name: 'sync', limit: 100, per: '1s' }))],
  ['@Fallback', () => decorator(Fallback((error: unknown) => throwError(() => error)))],
  ['@FaultInjection', () => decorator(FaultInjection({ errorRatio: 0.5 }))],
];

const POLICIES: readonly (readonly [string, Decorate])[] = [
  ...ONE,
  [
    'all of them',
    () => (target, key, descriptor) => {
      for (const [, decorate] of ONE) decorate()(target, key, descriptor as PropertyDescriptor);
    },
  ],
];

describe.each(POLICIES)('%s', (_name, decorate) => {
  async function startClient() {
    @Injectable()
    class Client {
      source: Observable<unknown> = EMPTY;
      running = 0;
      teardowns = 0;

      @decorate()
      read(): Observable<unknown> {
        return defer(() => {
          this.running++;
          return this.source.pipe(
            finalize(() => {
              this.running--;
              this.teardowns++;
            }),
          );
        });
      }
    }
    const { app, clock, registry } = await startApp([Client]);
    const client = app.get(Client);
    const idle = async (): Promise<void> => {
      await clock.advance(0);
      expect(client.running).toBe(0);
      expect(registry.states.bulkheads.get('sync')?.snapshot.running ?? 0).toBe(0);
      expect(clock.pendingTimers).toBe(0);
    };
    return { client, clock, idle };
  }

  it('passes all values of a source that emits and completes at once', async () => {
    const { client, idle } = await startClient();
    client.source = of('a', 'b', 'c');
    await expect(firstValueFrom(client.read().pipe(toArray()))).resolves.toEqual(['a', 'b', 'c']);
    await idle();
  });

  it('completes with a source that completes at once', async () => {
    const { client, idle } = await startClient();
    await expect(firstValueFrom(client.read().pipe(toArray()))).resolves.toEqual([]);
    await idle();
  });

  it('passes an error that comes at once', async () => {
    const { client, clock, idle } = await startClient();
    client.source = throwError(() => new Error('down'));
    const result = firstValueFrom(client.read()).catch((error: Error) => error);
    await clock.advance(20);
    expect(await result).toBeInstanceOf(Error);
    await idle();
  });

  it.each([
    ['firstValueFrom', (source: Observable<unknown>) => firstValueFrom(source)],
    ['take(1)', (source: Observable<unknown>) => firstValueFrom(source.pipe(take(1)))],
    [
      'an unsubscription in its own callback',
      (source: Observable<unknown>) =>
        new Promise((resolve) => {
          const subscription = source.subscribe((value) => {
            // Undefined while the subscription is being made: the case that used to end the process.
            queueMicrotask(() => subscription.unsubscribe());
            resolve(value);
          });
        }),
    ],
  ])('%s gets the first of many values and ends the source', async (_title, read) => {
    const { client, clock, idle } = await startClient();
    let emitted = 0;
    client.source = new Observable((subscriber) => {
      for (const value of ['a', 'b', 'c', 'd']) {
        if (subscriber.closed) break;
        emitted++;
        subscriber.next(value);
      }
    });
    await expect(read(client.read())).resolves.toBe('a');
    await clock.advance(0);
    expect(emitted).toBe(_title.startsWith('an') ? 4 : 1);
    expect(client.teardowns).toBe(1);
    await idle();
  });

  it('ends an endless source in the middle of its emission', async () => {
    const { client, idle } = await startClient();
    client.source = range(0, Infinity);
    await expect(firstValueFrom(client.read())).resolves.toBe(0);
    await expect(firstValueFrom(client.read().pipe(take(3), toArray()))).resolves.toEqual([
      0, 1, 2,
    ]);
    expect(client.teardowns).toBe(2);
    await idle();
  });

  it('unsubscribing ends a source that never emits', async () => {
    const { client, clock, idle } = await startClient();
    client.source = NEVER;
    const subscription = client.read().subscribe();
    await clock.advance(0);
    expect(client.running).toBe(1);
    subscription.unsubscribe();
    await idle();
  });

  it('the method may be subscribed again from its own values', async () => {
    const { client, clock, idle } = await startClient();
    client.source = concat(of('a'), NEVER);
    const log: unknown[] = [];
    const outer = client.read().subscribe((value) => {
      log.push(value);
      if (log.length === 1) void firstValueFrom(client.read()).then((inner) => log.push(inner));
      // The inner call may wait for the slot of this one.
      queueMicrotask(() => outer.unsubscribe());
    });
    await clock.advance(10);
    expect(log).toEqual(['a', 'a']);
    await idle();
  });

  it('subscribers of a shared source get its values in their own contexts', async () => {
    const { client, clock, idle } = await startClient();
    const subject = new Subject<string>();
    client.source = subject.pipe(shareReplay({ bufferSize: 1, refCount: true }));
    const log: unknown[] = [];
    const merchants = ['acme', 'bolt', 'crux'];
    const subscriptions = merchants.map((merchantId) =>
      runInContext({ correlationId: merchantId, merchantId }, () =>
        client
          .read()
          .pipe(take(1))
          .subscribe(() => log.push([merchantId, currentContext()?.merchantId])),
      ),
    );
    for (let round = 0; round < merchants.length; round++) {
      await clock.advance(0);
      runInContext({ correlationId: 'c', merchantId: 'emitter' }, () => subject.next('a'));
    }
    await clock.advance(0);
    expect(log).toEqual(merchants.map((merchantId) => [merchantId, merchantId]));
    subscriptions.forEach((subscription) => subscription.unsubscribe());
    await idle();
  });
});

it('a source that emits at once keeps its values from the queue of a bulkhead', async () => {
  const blocking = new Subject<string>();
  @Injectable()
  class Queued {
    source: Observable<string> = blocking;

    @Retry({ attempts: 2 })
    @Bulkhead({ maxConcurrent: 1, maxQueue: 5 })
    read(): Observable<string> {
      return this.source;
    }
  }
  const { app, clock } = await startApp([Queued]);
  const queued = app.get(Queued);
  const first = firstValueFrom(queued.read());
  queued.source = of('a', 'b');
  const waiting = [firstValueFrom(queued.read()), firstValueFrom(queued.read().pipe(toArray()))];
  blocking.next('first');
  await clock.advance(0);
  await expect(Promise.all([first, ...waiting])).resolves.toEqual(['first', 'a', ['a', 'b']]);
});

it('a fallback that emits at once may be left at once', async () => {
  @Injectable()
  class Failing {
    @Fallback('instead')
    read(): Observable<number> {
      return throwError(() => new Error('down'));
    }

    instead(): Observable<number> {
      return range(0, Infinity);
    }
  }
  const { app } = await startApp([Failing]);
  await expect(firstValueFrom(app.get(Failing).read())).resolves.toBe(0);
});

it('a teardown that throws does not end the process', async () => {
  @Injectable()
  class Untidy {
    teardowns = 0;

    @Retry({ attempts: 2 })
    read(): Observable<string> {
      return new Observable((subscriber) => {
        subscriber.next('a');
        return () => {
          this.teardowns++;
          throw new Error('teardown');
        };
      });
    }
  }
  const { app, clock } = await startApp([Untidy]);
  const subscription = app.get(Untidy).read().subscribe();
  subscription.unsubscribe();
  await clock.advance(0);
  expect(app.get(Untidy).teardowns).toBe(1);
});
