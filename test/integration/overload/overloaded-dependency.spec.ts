import {
  HttpClient,
  HttpClientModule,
  OverloadedError,
  OverloadModule,
  ProblemDetailsModule,
} from '@loyalnest/http';
import { CircuitBreaker, ResilienceModule, ResilienceRegistry, Retry } from '@loyalnest/resilience';
import { eventually, forEachPlatform, PLATFORMS, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Injectable, Module } from '@nestjs/common';

let holding = 0;
let release: () => void;
let held: Promise<string>;

@Controller()
class PointsController {
  @Get('account')
  account(): Promise<string> {
    holding++;
    return held;
  }
}

@Module({
  imports: [OverloadModule.forRoot({ concurrency: { initial: 1, min: 1, max: 1 } })],
  controllers: [PointsController],
})
class PointsService {}

forEachPlatform((platform) => {
  let points: RunningApp;
  let gateway: RunningApp;
  let attempts: number;

  @Injectable()
  class PointsClient {
    constructor(private readonly http: HttpClient) {}

    @CircuitBreaker({ name: 'points', minimumCalls: 2 })
    @Retry({ attempts: 3, backoff: { initial: 0 } })
    async account(): Promise<unknown> {
      attempts++;
      return this.http.getJson(new URL('/account', points.url));
    }

    @CircuitBreaker({ name: 'local', minimumCalls: 2 })
    @Retry({ attempts: 3, backoff: { initial: 0 } })
    async local(): Promise<unknown> {
      attempts++;
      throw new OverloadedError('read', 'limit-reached', 2_000);
    }
  }

  @Controller()
  class GatewayController {
    constructor(private readonly client: PointsClient) {}

    @Get('account')
    account(): Promise<unknown> {
      return this.client.account();
    }

    @Get('local')
    local(): Promise<unknown> {
      return this.client.local();
    }
  }

  beforeEach(async () => {
    attempts = 0;
    holding = 0;
    held = new Promise((resolve) => (release = () => resolve('{}')));
    points = await PLATFORMS[0]!.create(PointsService);
    void fetch(`${points.url}/account`).catch(() => undefined);
    await eventually(() => expect(holding).toBe(1));
    @Module({
      imports: [
        HttpClientModule.forRoot({}),
        ResilienceModule.forRoot({}),
        ProblemDetailsModule.forRoot({}),
      ],
      providers: [PointsClient],
      controllers: [GatewayController],
    })
    class Gateway {}
    gateway = await platform.create(Gateway);
  });

  afterEach(async () => {
    release();
    await Promise.all([gateway.close(), points.close()]);
  });

  it.each(['account', 'local'])(
    'relays a refusal (%s) with Retry-After, retries none and opens no circuit',
    async (path) => {
      for (let i = 0; i < 10; i++) {
        const answer = await fetch(`${gateway.url}/${path}`);
        expect(answer.status).toBe(503);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        expect(await answer.json()).toMatchObject({ status: 503, code: 'OVERLOADED' });
      }
      expect(attempts).toBe(10);
      const states = gateway.app.get(ResilienceRegistry).all();
      expect(states.map(({ state }) => state)).toEqual(states.map(() => 'closed'));
    },
  );
});
