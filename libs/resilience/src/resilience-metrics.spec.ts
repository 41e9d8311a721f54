import { OBSERVE_METRICS } from '@loyalnest/core';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Bulkhead, CircuitBreaker, ResilienceModule, Retry } from './index.js';
import { ResilienceMetrics } from './resilience-metrics.js';

@Injectable()
class Ledger {
  @CircuitBreaker({ name: 'ledger', minimumCalls: 2, key: (shop: string) => shop })
  async read(shop: string): Promise<string> {
    if (shop === 'broken.myshopify.com') throw new Error('down');
    return shop;
  }

  @Retry({ attempts: 3, backoff: { initial: 0, max: 0 } })
  async flaky(): Promise<void> {
    throw new Error('down');
  }

  @Bulkhead({ maxConcurrent: 1, maxQueue: 4 })
  async write(done: Promise<void>): Promise<void> {
    await done;
  }
}

async function start() {
  @Module({ imports: [ResilienceModule.forRoot({ environment: {} })], providers: [Ledger] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const metrics = app.get(ResilienceMetrics, { strict: false });
  const values = (metric: string) =>
    metrics[OBSERVE_METRICS]()
      .filter(({ name }) => name === metric)
      .map(({ labels, value }) => [...Object.values(labels ?? {}), value].join(' '));
  return { app, ledger: app.get(Ledger), values };
}

it('counts the breakers of a policy by state and never exposes their keys', async () => {
  const { app, ledger, values } = await start();
  await ledger.read('ada.myshopify.com');
  await ledger.read('bob.myshopify.com');
  for (let i = 0; i < 2; i++) await ledger.read('broken.myshopify.com').catch(() => undefined);
  expect(values('loyalnest_circuit_breakers')).toEqual([
    'ledger closed 2',
    'ledger open 1',
    'ledger half-open 0',
    'ledger forced-open 0',
    'ledger forced-closed 0',
    'ledger metrics-only 0',
  ]);
  await app.close();
});

it("reports the breakers' windows and how much of the retry budget is used", async () => {
  const { app, ledger, values } = await start();
  await ledger.read('ada.myshopify.com');
  await ledger.read('broken.myshopify.com').catch(() => undefined);
  expect(values('loyalnest_circuit_window_calls')).toEqual([
    'ledger success 1',
    'ledger failure 1',
  ]);
  expect(values('loyalnest_circuit_window_slow_calls')).toEqual(['ledger 0']);
  await expect(ledger.flaky()).rejects.toThrow('down');
  expect(values('loyalnest_retry_budget_window_calls')).toEqual([
    expect.stringMatching(/ call 1$/),
    expect.stringMatching(/ repeat 2$/),
  ]);
  await app.close();
});

it('reports how full a bulkhead is', async () => {
  const { app, ledger, values } = await start();
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const calls = [ledger.write(done), ledger.write(done), ledger.write(done)];
  expect(values('loyalnest_bulkhead_calls')).toEqual([
    expect.stringMatching(/ running 1$/),
    expect.stringMatching(/ waiting 2$/),
  ]);
  expect(values('loyalnest_bulkhead_limit')).toEqual([
    expect.stringMatching(/ running 1$/),
    expect.stringMatching(/ waiting 4$/),
  ]);
  finish();
  await Promise.all(calls);
  await app.close();
});
