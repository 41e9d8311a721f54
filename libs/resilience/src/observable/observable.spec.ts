import { currentContext, runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import {
  concat,
  defer,
  EMPTY,
  firstValueFrom,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
} from 'rxjs';
import {
  Bulkhead,
  Cache,
  CircuitBreaker,
  currentSignal,
  Fallback,
  Retry,
  Timeout,
} from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

@Injectable()
class Client {
  subscriptions = 0;
  cleanups = 0;
  source: Observable<string> = EMPTY;
  signal: AbortSignal | undefined;

  @Retry({ attempts: 2, backoff: { initial: '100ms', jitter: 'none' } })
  @CircuitBreaker({ name: 'stream', minimumCalls: 1 })
  @Timeout('1s')
  @Bulkhead({ name: 'stream', maxConcurrent: 1 })
  read(): Observable<string> {
    return new Observable((subscriber) => {
      this.subscriptions++;
      this.signal = currentSignal();
      const inner = this.source.subscribe(subscriber);
      return () => {
        this.cleanups++;
        inner.unsubscribe();
      };
    });
  }

  @Fallback('instead')
  failing(): Observable<string> {
    return concat(
      of('first'),
      throwError(() => new Error('down')),
    );
  }

  instead(error: unknown): Observable<string> {
    return of(`instead of ${(error as Error).message}`);
  }
}

async function startClient() {
  const { app, clock, registry } = await startApp([Client]);
  return {
    client: app.get(Client),
    clock,
    circuit: registry.get('stream')!,
    slots: () => registry.states.bulkheads.get('stream')!.snapshot.running,
  };
}

const collect = (source: Observable<string>): Promise<(string | Error)[]> =>
  new Promise((resolve) => {
    const seen: (string | Error)[] = [];
    source.subscribe({
      next: (value) => seen.push(value),
      error: (error: Error) => resolve([...seen, error]),
      complete: () => resolve(seen),
    });
  });

it('runs on each subscription', async () => {
  const { client, circuit } = await startClient();
  client.source = of('a', 'b');
  const source = client.read();
  expect(client.subscriptions).toBe(0);
  await expect(collect(source)).resolves.toEqual(['a', 'b']);
  await expect(collect(source)).resolves.toEqual(['a', 'b']);
  expect(client.subscriptions).toBe(2);
  expect(circuit.snapshot.successes).toBe(2);
});

it('counts an error as a failure, although the method has returned', async () => {
  const { client, clock, circuit } = await startClient();
  client.source = throwError(() => new Error('down'));
  const result = collect(client.read());
  await clock.advance(100);
  expect((await result).at(-1)).toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(circuit.state).toBe('open');
});

it('holds its slot until it completes', async () => {
  const { client, slots } = await startClient();
  const values = new Subject<string>();
  client.source = values;
  const result = collect(client.read());
  values.next('a');
  expect(slots()).toBe(1);
  values.complete();
  await result;
  expect(slots()).toBe(0);
});

it('unsubscribing frees the slot and records nothing', async () => {
  const { client, clock, circuit, slots } = await startClient();
  client.source = NEVER;
  const subscription = client.read().subscribe();
  expect(slots()).toBe(1);
  subscription.unsubscribe();
  await clock.advance(0);
  expect(slots()).toBe(0);
  expect(client.cleanups).toBe(1);
  expect(client.signal!.aborted).toBe(true);
  expect(circuit.snapshot).toMatchObject({ state: 'closed', calls: 0 });
  expect(clock.pendingTimers).toBe(0);
});

it('firstValueFrom gets its value and frees the slot', async () => {
  const { client, clock, slots } = await startClient();
  client.source = concat(of('a'), NEVER);
  await expect(firstValueFrom(client.read())).resolves.toBe('a');
  await clock.advance(0);
  expect(slots()).toBe(0);
  expect(client.cleanups).toBe(1);
});

it('a retry subscribes again', async () => {
  let subscriptions = 0;
  @Injectable()
  class Retried {
    @Retry({ attempts: 2, backoff: { initial: '100ms', jitter: 'none' } })
    read(): Observable<string> {
      return defer(() =>
        ++subscriptions === 1 ? throwError(() => new Error('down')) : of('second'),
      );
    }
  }
  const { app, clock } = await startApp([Retried]);
  const result = collect(app.get(Retried).read());
  await clock.advance(100);
  await expect(result).resolves.toEqual(['second']);
});

it('is not retried after the subscriber has received a value', async () => {
  const { client, clock } = await startClient();
  client.source = concat(
    of('a'),
    throwError(() => new Error('down')),
  );
  const result = collect(client.read());
  await clock.advance(100);
  await expect(result).resolves.toEqual(['a', new Error('down')]);
  expect(client.subscriptions).toBe(1);
});

it('a timeout limits the wait for each value', async () => {
  const { client, clock, circuit } = await startClient();
  const values = new Subject<string>();
  client.source = values;
  const result = collect(client.read());
  for (let value = 0; value < 3; value++) {
    await clock.advance(900);
    values.next('a');
  }
  await clock.advance(1_000);
  expect((await result).slice(0, 3)).toEqual(['a', 'a', 'a']);
  expect((await result).at(-1)).toMatchObject({ code: 'TIMEOUT' });
  expect(client.cleanups).toBe(1);
  expect(circuit.snapshot.failures).toBe(1);
});

it('a fallback continues where the source failed', async () => {
  const { client } = await startClient();
  await expect(collect(client.failing())).resolves.toEqual(['first', 'instead of down']);
});

it('the method runs in the context of the subscriber', async () => {
  const { client } = await startClient();
  client.source = new Observable((subscriber) => {
    subscriber.next(currentContext()?.merchantId ?? 'none');
    subscriber.complete();
  });
  const source = runInContext({ correlationId: 'c', merchantId: 'made' }, () => client.read());
  await expect(
    runInContext({ correlationId: 'c', merchantId: 'subscribed' }, () => collect(source)),
  ).resolves.toEqual(['subscribed']);
});

it('a method without a declared Observable type rejects with the remedy', async () => {
  @Injectable()
  class Silent {
    @Retry({ attempts: 2 })
    read() {
      return of('a');
    }
  }
  const { app } = await startApp([Silent]);
  const silent = app.get(Silent) as unknown as { read(): Promise<unknown> };
  await expect(silent.read()).rejects.toMatchObject({ code: 'UNEXPECTED_OBSERVABLE' });
});

it('a cache on an Observable fails the boot', async () => {
  @Injectable()
  class Cached {
    @Cache({ ttl: '1m' })
    read(): Observable<string> {
      return of('a');
    }
  }
  await expect(startApp([Cached])).rejects.toThrow('Cached.read @Cache');
});
