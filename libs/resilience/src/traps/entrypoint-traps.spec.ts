import { currentContext } from '@loyalnest/core';
import { eventually, forEachPlatform, freePort } from '@loyalnest/testing';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Query,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { Cron, Interval, ScheduleModule } from '@nestjs/schedule';
import {
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { defer, lastValueFrom, of, throwError, toArray, Observable } from 'rxjs';
import { Bulkhead, CircuitBreaker, ResilienceModule, ResilienceRegistry, Retry } from '../index.js';

const retryAtOnce = { attempts: 2, backoff: { initial: 0 }, budget: false } as const;

/** Succeeds only in the second attempt of a retry, so an unprotected method fails. */
async function answerWhenRetried<T>(answer: T): Promise<T> {
  if (currentContext()?.attempt === 2) return answer;
  throw new Error('down');
}

const running: INestApplication[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

/** Starts an application with these, without HTTP. */
async function start(
  imports: Parameters<typeof Module>[0]['imports'] & object,
  providers: Type[],
  controllers: Type[] = [],
): Promise<INestApplication> {
  @Module({ imports: [ResilienceModule.forRoot({}), ...imports], providers, controllers })
  class App {}
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  running.push(app);
  return app;
}

forEachPlatform((platform) => {
  it('@Get keeps its route, guard, pipes, status and header, and is retried', async () => {
    @Injectable()
    class KeyGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const { headers } = context
          .switchToHttp()
          .getRequest<{ headers: Record<string, unknown> }>();
        return headers['x-key'] === 'sesame';
      }
    }
    @Controller('shops')
    class Shops {
      @Retry(retryAtOnce)
      @UseGuards(KeyGuard)
      @Get('above/:id')
      @HttpCode(203)
      @Header('x-policy', 'above')
      async above(
        @Param('id', ParseIntPipe) id: number,
        @Query('q') query: string,
      ): Promise<object> {
        return answerWhenRetried({ id, query });
      }

      @UseGuards(KeyGuard)
      @Get('below/:id')
      @HttpCode(203)
      @Header('x-policy', 'below')
      @Retry(retryAtOnce)
      async below(
        @Param('id', ParseIntPipe) id: number,
        @Query('q') query: string,
      ): Promise<object> {
        return answerWhenRetried({ id, query });
      }
    }
    @Retry(retryAtOnce)
    @Bulkhead({ maxConcurrent: 5 })
    @Controller('class')
    class OnClass {
      @Get(':id')
      async read(@Param('id', ParseIntPipe) id: number): Promise<object> {
        return answerWhenRetried({ id });
      }
    }
    @Module({ imports: [ResilienceModule.forRoot({})], controllers: [Shops, OnClass] })
    class App {}
    const { url, close } = await platform.create(App);
    const ask = (path: string, key = 'sesame'): Promise<Response> =>
      fetch(url + path, { headers: { 'x-key': key } });
    for (const place of ['above', 'below']) {
      const answer = await ask(`/shops/${place}/7?q=x`);
      expect([answer.status, answer.headers.get('x-policy')]).toEqual([203, place]);
      expect(await answer.json()).toEqual({ id: 7, query: 'x' });
      expect((await ask(`/shops/${place}/7`, 'wrong')).status).toBe(403);
      expect((await ask(`/shops/${place}/seven`)).status).toBe(400);
    }
    expect(await (await ask('/class/9')).json()).toEqual({ id: 9 });
    await close();
  });

  it('Swagger describes a decorated controller like a plain one', async () => {
    class ShopDto {
      @ApiProperty({ description: 'number of the shop' })
      readonly id!: number;
    }
    const nothing = (): void => {};
    const controllerWith = (policy: (...target: never[]) => void, onClass: ClassDecorator) => {
      const Policy = policy as MethodDecorator;
      @onClass
      @ApiTags('shops')
      @Controller('shops')
      class Shops {
        @Policy
        @Get('above/:id')
        @ApiOperation({ summary: 'One shop' })
        @ApiParam({ name: 'id', description: 'which' })
        @ApiOkResponse({ type: ShopDto, description: 'the shop' })
        async above(@Param('id') id: number, @Query('q') _query: string): Promise<ShopDto> {
          return { id };
        }

        @Get('below/:id')
        @ApiOperation({ summary: 'Another shop' })
        @ApiOkResponse({ type: [ShopDto] })
        @Policy
        async below(@Param('id', ParseIntPipe) id: number): Promise<ShopDto[]> {
          return [{ id }];
        }
      }
      return Shops;
    };
    const describeApi = async (controller: Type): Promise<object> => {
      @Module({ imports: [ResilienceModule.forRoot({})], controllers: [controller] })
      class App {}
      const { app, close } = await platform.create(App);
      const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
      await close();
      return document;
    };
    const plain = await describeApi(controllerWith(nothing, nothing));
    const onMethods = await describeApi(controllerWith(Retry(), nothing));
    const onClass = await describeApi(controllerWith(nothing, Retry() as ClassDecorator));
    expect(onMethods).toEqual(plain);
    expect(onClass).toEqual(plain);
    expect(onMethods).toMatchObject({
      paths: {
        '/shops/above/{id}': {
          get: {
            tags: ['shops'],
            summary: 'One shop',
            operationId: 'Shops_above',
            parameters: [
              { name: 'id', in: 'path', description: 'which' },
              { name: 'q', in: 'query', schema: { type: 'string' } },
            ],
            responses: {
              200: {
                content: {
                  'application/json': { schema: { $ref: expect.stringContaining('Shop') } },
                },
              },
            },
          },
        },
        '/shops/below/{id}': { get: { summary: 'Another shop' } },
      },
      components: { schemas: { ShopDto: { properties: { id: { type: 'number' } } } } },
    });
  });
});

describe('@nestjs/schedule', () => {
  it('@Cron and @Interval fire their methods, and each run is retried and counted', async () => {
    const runs: string[] = [];
    const note = async (job: string): Promise<void> => {
      runs.push(`${job} ${currentContext()?.attempt}`);
      await answerWhenRetried(undefined);
    };
    @Injectable()
    class Jobs {
      @Retry(retryAtOnce)
      @CircuitBreaker({ name: 'cron' })
      @Cron('* * * * * *')
      async cronBelow(): Promise<void> {
        await note('cron');
      }

      @Interval(25)
      @Retry(retryAtOnce)
      @CircuitBreaker({ name: 'interval' })
      async intervalAbove(): Promise<void> {
        await note('interval');
      }
    }
    @Retry(retryAtOnce)
    @Injectable()
    class OnClass {
      @Interval(25)
      async onClass(): Promise<void> {
        await note('class');
      }
    }
    const app = await start([ScheduleModule.forRoot()], [Jobs, OnClass]);
    await app.init();
    await eventually(() => {
      for (const job of ['cron', 'interval', 'class']) {
        expect(runs).toEqual(expect.arrayContaining([`${job} 1`, `${job} 2`]));
      }
    });
    for (const name of ['cron', 'interval']) {
      const { successes, failures } = app.get(ResilienceRegistry).get(name)!.snapshot;
      expect(successes).toBeGreaterThanOrEqual(1);
      expect(failures).toBeGreaterThanOrEqual(successes);
    }
  });
});

describe('@nestjs/event-emitter', () => {
  it('@OnEvent receives its event with all arguments, and is retried', async () => {
    @Injectable()
    class Listeners {
      @Retry(retryAtOnce)
      @OnEvent('order.paid')
      async above(order: string, amount: number): Promise<string> {
        return answerWhenRetried(`above ${order} ${amount}`);
      }

      @OnEvent('order.paid')
      @Retry(retryAtOnce)
      async below(order: string, amount: number): Promise<string> {
        return answerWhenRetried(`below ${order} ${amount}`);
      }
    }
    @Retry(retryAtOnce)
    @Injectable()
    class OnClass {
      @OnEvent('order.paid')
      async onClass(order: string, amount: number): Promise<string> {
        return answerWhenRetried(`class ${order} ${amount}`);
      }
    }
    const app = await start([EventEmitterModule.forRoot()], [Listeners, OnClass]);
    await app.init();
    const answers: unknown[] = await app.get(EventEmitter2).emitAsync('order.paid', 'o-1', 5);
    expect(answers.toSorted()).toEqual(['above o-1 5', 'below o-1 5', 'class o-1 5']);
  });
});

describe('@nestjs/microservices over TCP', () => {
  it('@MessagePattern answers with a promise or all values of a stream, and is retried', async () => {
    const heard: string[] = [];
    @Controller()
    class Messages {
      @Retry(retryAtOnce)
      @MessagePattern('promise.above')
      async above(@Payload('id', ParseIntPipe) id: number): Promise<object> {
        return answerWhenRetried({ id });
      }

      @MessagePattern('promise.below')
      @Retry(retryAtOnce)
      async below(@Payload('id', ParseIntPipe) id: number): Promise<object> {
        return answerWhenRetried({ id });
      }

      @Retry(retryAtOnce)
      @MessagePattern('stream.above')
      streamAbove(@Payload('id') id: string): Observable<string> {
        return streamWhenRetried(id);
      }

      @MessagePattern('stream.below')
      @Retry(retryAtOnce)
      streamBelow(@Payload('id') id: string): Observable<string> {
        return streamWhenRetried(id);
      }

      @Retry(retryAtOnce)
      @EventPattern('told')
      async told(@Payload('id') id: string): Promise<void> {
        heard.push(await answerWhenRetried(id));
      }
    }
    const streamWhenRetried = (id: string): Observable<string> =>
      defer(() =>
        currentContext()?.attempt === 2
          ? of(`${id}-a`, `${id}-b`, `${id}-c`)
          : throwError(() => new Error('down')),
      );
    const app = await start([], [], [Messages]);
    const options = { host: '127.0.0.1', port: await freePort() };
    app.connectMicroservice({ transport: Transport.TCP, options });
    await app.startAllMicroservices();
    const client: ClientProxy = ClientProxyFactory.create({ transport: Transport.TCP, options });
    const ask = (pattern: string): Promise<unknown[]> =>
      lastValueFrom(client.send<unknown>(pattern, { id: '7' }).pipe(toArray()));
    try {
      await expect(ask('promise.above')).resolves.toEqual([{ id: 7 }]);
      await expect(ask('promise.below')).resolves.toEqual([{ id: 7 }]);
      await expect(ask('stream.above')).resolves.toEqual(['7-a', '7-b', '7-c']);
      await expect(ask('stream.below')).resolves.toEqual(['7-a', '7-b', '7-c']);
      client.emit('told', { id: '8' });
      await eventually(() => expect(heard).toEqual(['8']));
    } finally {
      await client.close();
    }
  });
});
