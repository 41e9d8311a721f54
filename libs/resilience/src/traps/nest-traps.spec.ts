import { Injectable, Scope, SetMetadata } from '@nestjs/common';
import { Bulkhead, CircuitBreaker, ResilienceRegistry, Retry, Timeout } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';

afterEach(closeApps);

const retryAtOnce = { attempts: 2, backoff: { initial: 0 } } as const;

it('metadata of a method is copied, so that a subclass does not change the base class', () => {
  class Base {
    @SetMetadata('roles', ['user'])
    async read(): Promise<void> {}
  }
  class Derived extends Base {
    @Retry()
    @SetMetadata('roles', ['admin'])
    override async read(): Promise<void> {}
  }
  expect(Reflect.getMetadata('roles', Derived.prototype.read)).toEqual(['admin']);
  expect(Reflect.getMetadata('roles', Base.prototype.read)).toEqual(['user']);
});

it('request-scoped and transient providers run on their own instance and share their breaker', async () => {
  let made = 0;
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    readonly id = ++made;
    @CircuitBreaker({ name: 'scoped', minimumCalls: 1 })
    async read(): Promise<number> {
      return this.id;
    }
  }
  @Injectable({ scope: Scope.TRANSIENT })
  class PerUse {
    readonly id = ++made;
    @CircuitBreaker({ name: 'transient' })
    async read(): Promise<number> {
      return this.id;
    }
  }
  const { app, registry } = await startApp([PerRequest, PerUse]);
  const instances = await Promise.all([
    app.resolve(PerRequest),
    app.resolve(PerRequest),
    app.resolve(PerUse),
    app.resolve(PerUse),
  ]);
  const ids = await Promise.all(instances.map((instance) => instance.read()));
  expect(ids).toEqual(instances.map(({ id }) => id));
  expect(new Set(ids).size).toBe(4);
  expect(registry.get('scoped')!.snapshot.successes).toBe(2);
  expect(registry.get('transient')!.snapshot.successes).toBe(2);
});

it('a call through `this` is protected', async () => {
  let calls = 0;
  @Injectable()
  class Client {
    async through(): Promise<string> {
      return this.read();
    }
    @Retry(retryAtOnce)
    async read(): Promise<string> {
      if (++calls === 1) throw new Error('down');
      return 'read';
    }
  }
  const { app, clock } = await startApp([Client]);
  const result = app.get(Client).through();
  await clock.advance(1);
  await expect(result).resolves.toBe('read');
});

it('default parameters keep their values', async () => {
  @Injectable()
  class Client {
    @Retry()
    @Timeout('1s')
    async read(id: number, ...rest: string[]): Promise<unknown> {
      return { id, rest };
    }
    @CircuitBreaker()
    async greet(name = 'world', greeting = 'hello'): Promise<string> {
      return `${greeting} ${name}`;
    }
  }
  const { app } = await startApp([Client]);
  await expect(app.get(Client).greet()).resolves.toBe('hello world');
  await expect(app.get(Client).greet('you')).resolves.toBe('hello you');
  await expect(app.get(Client).read(1)).resolves.toEqual({ id: 1, rest: [] });
});

it('an inherited method has its own state in each subclass', async () => {
  abstract class HttpClient {
    @CircuitBreaker({ minimumCalls: 1 })
    async get(fail: boolean): Promise<string> {
      if (fail) throw new Error('down');
      return this.constructor.name;
    }
  }
  @Injectable()
  class Stripe extends HttpClient {}
  @Injectable()
  class Twilio extends HttpClient {}
  const { app, registry } = await startApp([Stripe, Twilio]);
  await app
    .get(Stripe)
    .get(true)
    .catch(() => {});
  await expect(app.get(Twilio).get(false)).resolves.toBe('Twilio');
  expect(registry.get('Stripe.get')!.state).toBe('open');
  expect(registry.get('Twilio.get')!.state).toBe('closed');
});

it('two classes of the same name have separate breakers', async () => {
  const make = () => {
    @Injectable()
    class Client {
      @CircuitBreaker()
      async read(): Promise<void> {}
    }
    return Client;
  };
  const { registry } = await startApp([make(), make()]);
  expect(registry.all().map(({ name }) => name)).toEqual(['Client.read', 'Client#2.read']);
});

it('an instance created by hand runs without its policies, and warns once', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  class Client {
    @Retry()
    async read(): Promise<string> {
      return 'read';
    }
  }
  await expect(new Client().read()).resolves.toBe('read');
  await new Client().read();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toContain('Client.read runs without its resilience policies');
  warn.mockRestore();
});

it.each([
  ['attempts', () => Retry({ attempts: Number(process.env['LOYALNEST_UNSET']) })],
  ['failureRatio', () => CircuitBreaker({ failureRatio: Number(process.env['LOYALNEST_UNSET']) })],
  ['maxConcurrent', () => Bulkhead({ maxConcurrent: Number(process.env['LOYALNEST_UNSET']) })],
  ['@Timeout', () => Timeout(Number(process.env['LOYALNEST_UNSET']))],
])('a NaN from an unset variable in %s fails the boot', async (option, decorator) => {
  class Client {
    async read(): Promise<void> {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Client.prototype, 'read')!;
  decorator()(Client.prototype, 'read', descriptor);
  Object.defineProperty(Client.prototype, 'read', descriptor);
  await expect(startApp([Client])).rejects.toThrow(new RegExp(`${option}.*got NaN`));
});

it('a delay too long for a timer fails the boot', async () => {
  @Injectable()
  class Client {
    @Timeout('30d')
    async read(): Promise<void> {}
  }
  await expect(startApp([Client])).rejects.toThrow('Client.read @Timeout');
});

it('pipelines are compiled at boot and can be listed', async () => {
  @Injectable()
  class Client {
    @Timeout('1s')
    async read(): Promise<void> {}
  }
  const { app } = await startApp([Client]);
  expect(
    app
      .get(ResilienceRegistry)
      .pipelines()
      .map(({ name }) => name),
  ).toEqual(['Client.read']);
});

describe('an instance provided as a value in two applications', () => {
  class Client {
    @CircuitBreaker({ name: 'shared', minimumCalls: 1 })
    async read(): Promise<string> {
      return 'read';
    }
  }
  const provide = (client: Client) => [{ provide: Client, useValue: client }];
  const message = /an instance of Client: got .*another running application.*useFactory/;

  it('is refused by the second one and still works in the first', async () => {
    const client = new Client();
    const one = await startApp(provide(client));
    await expect(startApp(provide(client))).rejects.toThrow(message);
    await expect(client.read()).resolves.toBe('read');
    expect(one.registry.get('shared')!.snapshot.successes).toBe(1);
  });

  it('is refused if Nest created it in the first one', async () => {
    const { app } = await startApp([Client]);
    await expect(startApp(provide(app.get(Client)))).rejects.toThrow(message);
  });

  it('is refused by one of two that boot at the same time', async () => {
    const client = new Client();
    const boots = await Promise.allSettled([startApp(provide(client)), startApp(provide(client))]);
    expect(boots.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const winner = boots.find((boot) => boot.status === 'fulfilled')!.value;
    await client.read();
    expect(winner.registry.get('shared')!.snapshot.successes).toBe(1);
  });

  it('belongs to the second one after the first has closed or failed to boot', async () => {
    const client = new Client();
    const broken = { provide: 'BROKEN', useValue: { onModuleInit: failToBoot } };
    await expect(startApp([...provide(client), broken])).rejects.toThrow('no such database');
    const one = await startApp(provide(client));
    await one.app.close();
    const two = await startApp(provide(client));
    await client.read();
    expect(two.registry.get('shared')!.snapshot.successes).toBe(1);
    expect(one.registry.get('shared')!.snapshot.successes).toBe(0);
  });

  it('can be provided twice within one application', async () => {
    const client = new Client();
    const again = { provide: 'AGAIN', useValue: client };
    const { app, registry } = await startApp([...provide(client), again]);
    await app.get<Client>('AGAIN').read();
    expect(registry.get('shared')!.snapshot.successes).toBe(1);
  });
});

function failToBoot(): never {
  throw new Error('no such database');
}
