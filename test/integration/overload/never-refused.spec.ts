import { REQUEST_PRIORITY } from '@loyalnest/core';
import { CorrelationModule } from '@loyalnest/correlation';
import { GracefulShutdownModule } from '@loyalnest/graceful-shutdown';
import { HealthModule } from '@loyalnest/health';
import { OverloadModule, ProblemDetailsModule } from '@loyalnest/http';
import { LoggingModule, MetricsModule } from '@loyalnest/observability';
import { ResilienceModule } from '@loyalnest/resilience';
import { AdminAccessModule } from '@loyalnest/security';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { Writable } from 'node:stream';
import { ShopifyWebhooksController } from '../../../apps/api-gateway/src/http/shopify-webhooks.controller.js';
import { WebhooksController } from '../../../apps/points-service/src/http/webhooks.controller.js';

let lines = '';
/** For all applications, because the root logger of nestjs-pino belongs to the process. */
const destination = new Writable({
  write(chunk, _encoding, done) {
    lines += String(chunk);
    done();
  },
});
let holding = 0;
let release: () => void;
let held: Promise<string>;

@Controller({ path: 'orders', version: '1' })
class OrdersController {
  @Get()
  list(): Promise<string> {
    holding++;
    return held;
  }
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;

  const start = async (configure: (app: INestApplication) => void): Promise<void> => {
    lines = '';
    clock = new FakeClock();
    @Module({
      imports: [
        // The order of the imports must not matter, so the module that refuses comes in the middle.
        CorrelationModule.forRoot({}),
        LoggingModule.forRoot({ service: 'shop', level: 'info', destination, admin: true }),
        OverloadModule.forRoot({ concurrency: { initial: 1, min: 1, max: 1 }, clock }),
        MetricsModule.forRoot({ service: 'shop', path: '/internal/metrics' }),
        ProblemDetailsModule.forRoot({}),
        AdminAccessModule.forRoot({ tokens: 'ops:view:a-token-of-some-length' }),
        ResilienceModule.forRoot({ admin: true }),
        HealthModule.forRoot({ details: 'always' }),
        GracefulShutdownModule.forRoot({}),
      ],
      controllers: [OrdersController],
    })
    class App {}
    running = await platform.create(App, { configure });
  };

  beforeEach(() => {
    holding = 0;
    held = new Promise((resolve) => (release = () => resolve('done')));
  });

  afterEach(async () => {
    release();
    await running.close();
  });

  const fill = async (path: string): Promise<void> => {
    void fetch(running.url + path).catch(() => undefined);
    await eventually(() => expect(holding).toBe(1));
    expect((await fetch(running.url + path)).status).toBe(503);
  };

  it.each([
    ['', (): void => undefined],
    ['/api', (app: INestApplication): void => void app.setGlobalPrefix('api').enableVersioning()],
  ])(
    'answers health, metrics and admin pages below "%s" while it refuses',
    async (prefix, configure) => {
      await start(configure);
      await fill(prefix === '' ? '/orders' : `${prefix}/v1/orders`);
      const pages = ['health', 'health/live', 'health/ready', 'internal/metrics'];
      for (const page of pages) {
        const answer = await fetch(`${running.url}${prefix}/${page}`);
        expect([page, answer.status, await answer.text()]).toEqual([
          page,
          expect.any(Number),
          expect.not.stringContaining('OVERLOADED'),
        ]);
        expect([200, 503]).toContain(answer.status);
      }
      for (const page of ['debug/circuits', 'debug/log-level']) {
        const answer = await fetch(`${running.url}${prefix}/${page}`);
        expect(answer.status).not.toBe(404);
        expect(await answer.text()).not.toContain('OVERLOADED');
      }
    },
  );

  it('hides refused requests from context, access lines and metrics, and counts them apart', async () => {
    await start(() => undefined);
    await fill('/orders');
    const id = { 'x-correlation-id': 'refused-1' };
    expect((await fetch(`${running.url}/orders?refused`, { headers: id })).status).toBe(503);
    release();
    await clock.advance(1_000);
    await eventually(() => expect(lines).toContain('"path":"/orders","status":200'));
    const metrics = await (await fetch(`${running.url}/internal/metrics`)).text();
    expect(metrics).toMatch(/loyalnest_http_requests_refused_total\{.*priority="read".*\} 2/);
    expect(metrics).toMatch(/reason="limit-reached"/);
    expect(metrics).not.toMatch(/http_server_request_duration_seconds_count.*code="503"/);
    expect(metrics).toMatch(/loyalnest_http_concurrency_limit\{.*\} 1/);
    expect(lines).not.toContain('refused-1');
    expect(lines).not.toContain('?refused');
  });
});

it.each([ShopifyWebhooksController, WebhooksController])('refuses %p last', (controller) => {
  expect(Reflect.getMetadata(REQUEST_PRIORITY, controller)).toBe('webhook');
});
