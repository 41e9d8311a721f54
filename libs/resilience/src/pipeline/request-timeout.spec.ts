import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CircuitBreakerService,
  Deadline,
  ResilienceModule,
  Resilient,
  Timeout,
  type ResilienceModuleOptions,
} from '../index.js';

@Injectable()
class Points {
  @Timeout('2s')
  async balance(): Promise<number> {
    return 25;
  }

  @Deadline('3s')
  async history(): Promise<void> {}
}

const boot = (options: ResilienceModuleOptions, provider: new () => unknown = Points) => {
  @Module({ imports: [ResilienceModule.forRoot(options)], providers: [provider] })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
};

it('lets calls within a request take less than the request', async () => {
  const app = await boot({ requestTimeout: 3_001 });
  expect(await app.get(Points).balance()).toBe(25);
  await app.close();
});

it.each([
  ['a timeout', '2s', "Points.balance @Timeout: got '2s'"],
  ['a deadline', '3s', "Points.history @Deadline: got '3s'"],
])('refuses %s that is as long', async (_what, requestTimeout, message) => {
  await expect(boot({ requestTimeout: requestTimeout as '2s' })).rejects.toThrow(message);
});

it('tells what to do', async () => {
  await expect(boot({ requestTimeout: '1s' })).rejects.toThrow(
    'callers wait no longer than the requestTimeout of 1000 ms; use less, or raise that',
  );
});

it('refuses one that the environment makes too long', async () => {
  class Named {
    @Resilient('points')
    async balance(): Promise<void> {}
  }
  const options = { requestTimeout: '4s', policies: { points: { timeout: '2s' } } } as const;
  await (await boot({ ...options, environment: {} }, Named)).close();
  const environment = { RESILIENCE_POINTS_TIMEOUT: '5s' };
  await expect(boot({ ...options, environment }, Named)).rejects.toThrow('@Timeout: got 5000');
});

it('refuses a named set that no method uses', async () => {
  await expect(
    boot({ requestTimeout: '4s', policies: { sms: { timeout: '5s' } } }),
  ).rejects.toThrow("policies.sms @Timeout: got '5s'");
});

it('leaves alone what has a limit by default only, which the deadline of the request cuts', async () => {
  const app = await boot({ requestTimeout: '4s' });
  const result = app.get(CircuitBreakerService).execute('unnamed', async () => 'done');
  expect(await result).toBe('done');
  await app.close();
});

it('refuses a request timeout that is none', async () => {
  await expect(boot({ requestTimeout: '0s' })).rejects.toThrow('ResilienceModule.requestTimeout');
});
