import { currentContext } from '@loyalnest/core';
import { CorrelationModule, runWithContext } from '@loyalnest/correlation';
import {
  contextFetch,
  HttpClient,
  HttpClientModule,
  ProblemDetailsModule,
  propagateWithAxios,
} from '@loyalnest/http';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import { Cache, ResilienceModule, SingleFlight } from '@loyalnest/resilience';
import { eventually, forEachPlatform, RedisServer, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import axios from 'axios';
import { IsInt } from 'class-validator';

const IDS = [
  'demo.myshopify.com',
  'auth0|5f7c8ec7c33c6c004bbafe82',
  'gid://shopify/Shop/1',
  'gid://shopify/Shop/2',
  'ada@example.com',
  '株式会社ロイヤル',
  '100%',
  '100%25',
  'é'.repeat(128),
];

class ShopPayload {
  @IsInt()
  readonly run!: number;
}
const NoteShop = defineJob('shops.note', { payload: ShopPayload });
const noted: (string | undefined)[] = [];

@Injectable()
class Shops {
  @SingleFlight()
  @Cache({ ttl: '10m' })
  async nameOf(): Promise<string> {
    const { merchantId, userId } = currentContext() ?? {};
    return `shop of ${merchantId} and ${userId}`;
  }

  @JobHandler(NoteShop)
  async note(): Promise<void> {
    const { merchantId, userId } = currentContext()!;
    noted.push(`${merchantId} and ${userId}`);
  }
}

@Controller('shop')
class ShopController {
  constructor(
    private readonly shops: Shops,
    private readonly jobs: JobProducer,
  ) {}

  @Get()
  async show(): Promise<{ name: string }> {
    await this.jobs.enqueue(NoteShop, { run: 1 });
    return { name: await this.shops.nameOf() };
  }
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis?.stop());

forEachPlatform((platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    @Module({
      imports: [
        CorrelationModule.forRoot({ trustIdentity: true }),
        ProblemDetailsModule.forRoot({}),
        HttpClientModule.forRoot({}),
        ResilienceModule.forRoot({ environment: {} }),
        QueueModule.forRoot({
          url: redis.url,
          prefix: `{${platform.name}}`,
          producerTimeout: '5s',
        }),
        QueueModule.forFeature(queue('shops')),
      ],
      controllers: [ShopController],
      providers: [Shops],
    })
    class App {}
    running = await platform.create(App);
  });
  afterAll(() => running?.close());
  beforeEach(() => void (noted.length = 0));

  const clients: readonly (readonly [string, () => () => Promise<string>])[] = [
    [
      'HttpClient',
      () => async () =>
        (await running.app.get(HttpClient).getJson<{ name: string }>(`${running.url}/shop`)).name,
    ],
    [
      'contextFetch',
      () => {
        const send = contextFetch({ origins: '*' });
        return async () =>
          ((await (await send(`${running.url}/shop`)).json()) as { name: string }).name;
      },
    ],
    [
      'axios',
      () => {
        const client = axios.create();
        propagateWithAxios(client, { origins: '*' });
        return async () => (await client.get<{ name: string }>(`${running.url}/shop`)).data.name;
      },
    ],
  ];

  it.each(clients)(
    'every id arrives with %s, also in jobs, and has a cache of its own',
    async (...row) => {
      const [, make] = row;
      const ask = make();
      for (const id of IDS) {
        const name = await runWithContext({ merchantId: id, userId: id }, ask);
        expect(name).toBe(`shop of ${id} and ${id}`);
      }
      await eventually(() => noted.length === IDS.length);
      expect([...noted].sort()).toEqual(IDS.map((id) => `${id} and ${id}`).sort());
    },
  );

  it('requests whose ids are malformed or missing share nothing', async () => {
    const ask = async (headers: Record<string, string>): Promise<string> => {
      const answer = await fetch(`${running.url}/shop`, { headers });
      return ((await answer.json()) as { name: string }).name;
    };
    await expect(ask({ 'x-merchant-id': 'a%zz', 'x-user-id': 'ada' })).resolves.toBe(
      'shop of undefined and ada',
    );
    await expect(ask({ 'x-merchant-id': '%41', 'x-user-id': 'bob' })).resolves.toBe(
      'shop of undefined and bob',
    );
    await expect(ask({ 'x-user-id': 'eve' })).resolves.toBe('shop of undefined and eve');
  });
});
