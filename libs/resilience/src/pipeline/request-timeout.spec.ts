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

it('accepts limits shorter than the request timeout', async () => {
  const app = await boot({ requestTimeout: 3_001 });
  expect(await app.get(Points).balance()).toBe(25);
  await app.close();
});

it.each([
  ['a timeout', '2s', "Points.balance @Timeout: got '2s'"],
  ['a deadline', '3s', "Points.history @Deadline: got '3s'"],
])('refuses %s as long as the request timeout', async (_what, requestTimeout, message) => {
  await expect(boot({ requestTimeout: requestTimeout as '2s' })).rejects.toThrow(message);
});

it('names the remedy', async () => {
  await expect(boot({ requestTimeout: '1s' })).rejects.toThrow(
    'callers stop waiting after the requestTimeout of 1000 ms; use less, or raise requestTimeout',
  );
});

it('refuses a limit that an environment variable makes too long', async () => {
  class Named {
    @Resilient('points')
    async balance(): Promise<void> {}
  }
  const options = { requestTimeout: '4s', policies: { points: { timeout: '2s' } } } as const;
  await (await boot({ ...options, environment: {} }, Named)).close();
  const environment = { RESILIENCE_POINTS_TIMEOUT: '5s' };
  await expect(boot({ ...options, environment }, Named)).rejects.toThrow('@Timeout: got 5000');
});

it('refuses a limit of a named set that no method uses', async () => {
  await expect(
    boot({ requestTimeout: '4s', policies: { sms: { timeout: '5s' } } }),
  ).rejects.toThrow("policies.sms @Timeout: got '5s'");
});

it('accepts a longer default timeout, which the deadline of the request caps', async () => {
  const app = await boot({ requestTimeout: '4s' });
  const result = app.get(CircuitBreakerService).execute('unnamed', async () => 'done');
  expect(await result).toBe('done');
  await app.close();
});

it('refuses an invalid request timeout', async () => {
  await expect(boot({ requestTimeout: '0s' })).rejects.toThrow('ResilienceModule.requestTimeout');
});
