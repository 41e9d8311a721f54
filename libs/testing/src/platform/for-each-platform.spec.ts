import { Controller, Get, Inject, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { forEachPlatform } from './for-each-platform.js';

@Controller()
class GreetingController {
  constructor(@Inject('greeting') private readonly greeting: string) {}

  @Get('greeting')
  greet(): { greeting: string } {
    return { greeting: this.greeting };
  }
}

@Module({
  controllers: [GreetingController],
  providers: [{ provide: 'greeting', useValue: 'hello' }],
})
class GreetingModule {}

@Module({
  providers: [
    {
      provide: 'broken',
      useFactory: () => {
        throw new Error('no such option');
      },
    },
  ],
})
class BrokenModule {}

forEachPlatform((platform) => {
  it('listens on a free port of 127.0.0.1', async () => {
    const { url, close } = await platform.create(GreetingModule);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/greeting`)).json()).toEqual({ greeting: 'hello' });
    await close();
    await expect(fetch(`${url}/greeting`)).rejects.toThrow();
  });

  it('creates the application of a testing module with its overrides', async () => {
    const module = await Test.createTestingModule({ imports: [GreetingModule] })
      .overrideProvider('greeting')
      .useValue('bonjour')
      .compile();
    const { url, close } = await platform.create(module, {
      configure: (app) => void app.setGlobalPrefix('v1'),
    });
    expect(await (await fetch(`${url}/v1/greeting`)).json()).toEqual({ greeting: 'bonjour' });
    await close();
  });

  it('uses the adapter of its name', async () => {
    const { app, close } = await platform.create(GreetingModule);
    expect(app.getHttpAdapter().getType()).toBe(platform.name);
    await close();
  });

  it('rejects instead of exiting when the boot fails', async () => {
    await expect(platform.create(BrokenModule)).rejects.toThrow('no such option');
  });
});
