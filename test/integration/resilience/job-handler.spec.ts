import { currentContext } from '@loyalnest/core';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import { CircuitBreaker, ResilienceModule, ResilienceRegistry, Retry } from '@loyalnest/resilience';
import { eventually, RedisServer } from '@loyalnest/testing';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';

class OrderPayload {
  @IsString()
  readonly order!: string;
}

// One attempt: without a retry by its policies, a job becomes a dead letter.
const Above = defineJob('orders.above', { payload: OrderPayload, attempts: 1 });
const Below = defineJob('orders.below', { payload: OrderPayload, attempts: 1 });
const OnClass = defineJob('orders.class', { payload: OrderPayload, attempts: 1 });
const retryAtOnce = { attempts: 2, backoff: { initial: 0 }, budget: false } as const;

const runs: string[] = [];

async function noteAndFailFirst(place: string, { order }: OrderPayload): Promise<void> {
  const attempt = currentContext()?.retriedBy === undefined ? 0 : currentContext()?.attempt;
  runs.push(`${place} ${order} ${attempt}`);
  if (attempt !== 2) throw new Error('down');
}

@Injectable()
class Orders {
  @Retry(retryAtOnce)
  @CircuitBreaker({ name: 'above' })
  @JobHandler(Above)
  async above(payload: OrderPayload): Promise<void> {
    await noteAndFailFirst('above', payload);
  }

  @JobHandler(Below)
  @Retry(retryAtOnce)
  @CircuitBreaker({ name: 'below' })
  async below(payload: OrderPayload): Promise<void> {
    await noteAndFailFirst('below', payload);
  }
}

@Retry(retryAtOnce)
@Injectable()
class ProtectedOrders {
  @JobHandler(OnClass)
  async handle(payload: OrderPayload): Promise<void> {
    await noteAndFailFirst('class', payload);
  }
}

let redis: RedisServer;
let app: INestApplicationContext;

beforeAll(async () => {
  redis = await RedisServer.start();
  @Module({
    imports: [
      ResilienceModule.forRoot({}),
      QueueModule.forRoot({ url: redis.url }),
      QueueModule.forFeature(queue('orders')),
    ],
    providers: [Orders, ProtectedOrders],
  })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
});
afterAll(async () => {
  await app?.close();
  await redis?.stop();
});

it.each([
  ['above', Above],
  ['below', Below],
  ['class', OnClass],
])('retries the jobs of a @JobHandler by its policies (%s)', async (place, job) => {
  runs.length = 0;
  await app.get(JobProducer, { strict: false }).enqueue(job, { order: 'o-1' });
  await eventually(() => expect(runs).toEqual([`${place} o-1 1`, `${place} o-1 2`]));
  if (place === 'class') return;
  await eventually(() =>
    expect(app.get(ResilienceRegistry).get(place)!.snapshot).toMatchObject({
      successes: 1,
      failures: 1,
    }),
  );
});
