import { FakeClock, forEachPlatform, RedisServer } from '@loyalnest/testing';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { OrdersController, statuses } from '../../test/shop-app.js';
import { createThrottlingStorage, type RedisStorageOptions } from '../index.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

/** Starts an application with @nestjs/throttler and our storage, without our module. */
function throttled(options: RedisStorageOptions): DynamicModule {
  @Module({
    imports: [
      ThrottlerModule.forRootAsync({
        useFactory: async () => ({
          throttlers: [{ name: 'short', limit: 2, ttl: 10_000 }],
          storage: await createThrottlingStorage(options),
        }),
      }),
    ],
    controllers: [OrdersController],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  })
  class ThrottledModule {}
  return { module: ThrottledModule };
}

forEachPlatform((platform) => {
  it('its guard counts in our storage in memory', async () => {
    const clock = new FakeClock();
    const { url, close } = await platform.create(throttled({ clock }));
    expect(await statuses(`${url}/orders`, 1)).toEqual([200]);
    const second = await fetch(`${url}/orders`);
    expect(second.headers.get('x-ratelimit-limit-short')).toBe('2');
    expect(second.headers.get('x-ratelimit-remaining-short')).toBe('0');
    expect(second.headers.get('x-ratelimit-reset-short')).toBe('10');
    const refused = await fetch(`${url}/orders`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after-short')).toBe('5');
    await clock.advance(5_000);
    expect(await statuses(`${url}/orders`, 2)).toEqual([200, 429]);
    await close();
  });

  it('its guards in several processes share our storage in Redis', async () => {
    const options = { url: server.url, prefix: `{${platform.name}}` };
    const apps = [
      await platform.create(throttled(options)),
      await platform.create(throttled(options)),
    ] as const;
    expect(await statuses(`${apps[0].url}/orders`, 1)).toEqual([200]);
    expect(await statuses(`${apps[1].url}/orders`, 2)).toEqual([200, 429]);
    for (const { close } of apps) await close();
  });
});
