import { InputLimitsModule, ProblemDetailsModule, ValidationModule } from '@loyalnest/http';
import { eventually, freePort, PLATFORMS, type RunningApp } from '@loyalnest/testing';
import { Controller, Module, type Type } from '@nestjs/common';
import { Args, Field, GraphQLModule, InputType, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Transport,
  type TcpClientOptions,
} from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { SOCKET_PLATFORMS } from './web-socket-client.js';

const NOTES = ['a', 'b', 'c', 'd'];
/** What no handler of the application may get, and the code of the refusal. */
const REFUSED: readonly (readonly [code: string, order: object])[] = [
  ['INPUT_TOO_LARGE', { notes: NOTES }],
  ['INPUT_TOO_LARGE', { a: 1, b: 2, c: 3, d: 4 }],
  ['INPUT_REFUSED', { notes: ['\0'] }],
  ['INPUT_REFUSED', { a: { b: { c: { d: 1 } } } }],
];

let reached = 0;

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('order')
  order(@MessageBody() _order: unknown): object {
    reached++;
    return { event: 'done', data: {} };
  }
}

@Controller()
class Messages {
  @MessagePattern('order')
  order(_order: unknown): string {
    reached++;
    return 'done';
  }

  @EventPattern('ordered')
  ordered(_order: unknown): void {
    reached++;
  }
}

@InputType()
class OrderInput {
  @Field(() => [String])
  @IsString({ each: true })
  notes!: string[];
}

@Resolver()
class Orders {
  @Query(() => String)
  order(@Args('order', { type: () => OrderInput }) _order: OrderInput): string {
    reached++;
    return 'done';
  }
}

const limits = [
  InputLimitsModule.forRoot({ maxItems: 3, maxKeys: 3, maxDepth: 3, maxBodyBytes: 1_000 }),
  ProblemDetailsModule.forRoot({}),
  ValidationModule,
];

function appOf(parts: { providers?: Type[]; controllers?: Type[] }): Type {
  @Module({ ...parts, imports: limits })
  class App {}
  return App;
}

const [express, fastify] = [...PLATFORMS].sort((a, b) => a.name.localeCompare(b.name));
const open: { close(): unknown }[] = [];
beforeEach(() => void (reached = 0));
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

describe.each(SOCKET_PLATFORMS.map((one) => [one.name, one] as const))('%s', (_name, sockets) => {
  async function connect() {
    const running = await express!.create(appOf({ providers: [Gateway] }), {
      configure: (app) => void app.useWebSocketAdapter(sockets.adapter(app)),
    });
    open.push(running);
    const client = await sockets.connect(running.url);
    open.push(client);
    return client;
  }

  it('refuses a message above the limits before the handler', async () => {
    const client = await connect();
    for (const [code, order] of REFUSED) {
      client.received.length = 0;
      client.send('order', order);
      await eventually(() => expect(client.received[0]?.data).toMatchObject({ code }));
    }
    expect(reached).toBe(0);
    client.send('order', { notes: ['a'] });
    await eventually(() => expect(reached).toBe(1));
  });

  it('closes a connection whose message is too large', async () => {
    const client = await connect();
    client.send('order', 'x'.repeat(2_000));
    await eventually(() => expect(client.isOpen).toBe(false));
    expect(reached).toBe(0);
  });
});

it('keeps the limit that a gateway sets itself', async () => {
  const sockets = SOCKET_PLATFORMS[0]!;
  @WebSocketGateway({ maxPayload: 5_000 })
  class Large extends Gateway {}
  const running = await express!.create(appOf({ providers: [Large] }), {
    configure: (app) => void app.useWebSocketAdapter(sockets.adapter(app)),
  });
  open.push(running);
  const client = await sockets.connect(running.url);
  open.push(client);
  client.send('order', 'x'.repeat(2_000));
  await eventually(() => expect(reached).toBe(1));
});

it('refuses messages and events of a microservice', async () => {
  const port = await freePort();
  const running = await express!.create(appOf({ controllers: [Messages] }), {
    configure: async (app) => {
      const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port } } as const;
      app.connectMicroservice(options, { inheritAppConfig: true });
      await app.startAllMicroservices();
    },
  });
  open.push(running);
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  } as TcpClientOptions);
  open.push(client);
  for (const [code, order] of REFUSED) {
    await firstValueFrom(client.emit('ordered', order));
    const answer = firstValueFrom(client.send('order', order));
    await expect(answer).rejects.toMatchObject({ code, category: 'invalid' });
  }
  expect(reached).toBe(0);
  expect(await firstValueFrom(client.send('order', { notes: ['a'] }))).toBe('done');
});

it('refuses the arguments of a GraphQL field', async () => {
  @Module({
    imports: [
      ...limits,
      GraphQLModule.forRoot<MercuriusDriverConfig>({
        driver: MercuriusDriver,
        autoSchemaFile: true,
        // Its cache is an ESM import, which Jest cannot load.
        cache: false,
      }),
    ],
    providers: [Orders],
  })
  class App {}
  const running: RunningApp = await fastify!.create(App);
  open.push(running);
  const ask = async (notes: string[]): Promise<unknown> => {
    const query = 'query ($order: OrderInput!) { order(order: $order) }';
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { order: { notes } } }),
    });
    return response.json();
  };
  expect(await ask(NOTES)).toMatchObject({ errors: [{ extensions: { code: 'INPUT_TOO_LARGE' } }] });
  expect(await ask(['\0'])).toMatchObject({ errors: [{ extensions: { code: 'INPUT_REFUSED' } }] });
  expect(reached).toBe(0);
  expect(await ask(['a'])).toEqual({ data: { order: 'done' } });
});
