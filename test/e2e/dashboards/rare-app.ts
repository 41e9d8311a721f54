import {
  OBSERVE_METRICS,
  runInContext,
  type Measurement,
  type MetricSource,
} from '@loyalnest/core';
import { requestsRefused } from '@loyalnest/http';
import { MetricsModule, MetricsServer } from '@loyalnest/observability';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import {
  Bulkhead,
  Cache,
  CircuitBreaker,
  FaultInjection,
  Hedge,
  ResilienceModule,
  Retry,
} from '@loyalnest/resilience';
import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { IsInt } from 'class-validator';

export const RARE_SERVICE = 'rare-service';
const MAX_SERIES = 20;

class RarePayload {
  @IsInt()
  readonly n!: number;
}

const Paced = defineJob('paced.run', { payload: RarePayload });
const Failing = defineJob('rare.fail', {
  payload: RarePayload,
  attempts: 2,
  backoff: { initial: '10ms', max: '10ms' },
});
const HandledElsewhere = defineJob('rare.elsewhere', { payload: RarePayload });

@Injectable()
class RareHandlers {
  @JobHandler(Failing)
  async fail(): Promise<void> {
    throw new Error('down');
  }
}

@Injectable()
class RareCalls {
  private reads = 0;

  @Bulkhead({ maxConcurrent: 1, maxQueue: 1 })
  async write(done: Promise<void>): Promise<void> {
    await done;
  }

  @CircuitBreaker()
  async refused(): Promise<void> {
    throw Object.assign(new Error('expired token'), { status: 401 });
  }

  @Hedge({ idempotent: true, delay: '1ms' })
  async slow(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  @Cache({ ttl: 1, staleIfError: '1h', scope: 'shared' })
  async read(): Promise<number> {
    if (++this.reads > 1) throw new Error('down');
    return this.reads;
  }

  @FaultInjection({ errorRatio: 1 })
  async exercise(): Promise<void> {}

  @Retry({ attempts: 2, backoff: { initial: 0 }, budget: { ratio: 0, minimum: 0 } })
  async flaky(): Promise<void> {
    throw new Error('down');
  }
}

@Injectable()
class SilentSource implements MetricSource {
  readonly metricSource = 'silent';

  async [OBSERVE_METRICS](): Promise<readonly Measurement[]> {
    throw new Error('down');
  }
}

@Injectable()
class WideSource implements MetricSource {
  readonly metricSource = 'wide';

  [OBSERVE_METRICS](): readonly Measurement[] {
    return Array.from({ length: MAX_SERIES + 1 }, (_, i) => ({
      name: 'rare_items',
      help: 'More than there is room for',
      value: i,
      labels: { item: String(i) },
    }));
  }
}

/** Runs in this process and does what the sample apps never do, or do only when they fail. */
export class RareApp {
  private constructor(
    private readonly app: INestApplication,
    readonly url: string,
  ) {}

  static async start(redisUrl: string): Promise<RareApp> {
    @Module({
      imports: [
        MetricsModule.forRoot({
          service: RARE_SERVICE,
          port: 0,
          host: '127.0.0.1',
          maxSeries: MAX_SERIES,
        }),
        ResilienceModule.forRoot({ environment: {}, faults: { armed: ['*'] } }),
        QueueModule.forRoot({
          url: redisUrl,
          prefix: '{rare}',
          // Tolerates a slow machine.
          producerTimeout: '10s',
          throttling: {
            plans: { basic: { limit: 1, per: '1s', burst: 1, maxDelay: '2s' } },
            planOf: () => 'basic',
          },
        }),
        QueueModule.forFeature(queue('rare'), queue('paced', { throttled: true })),
      ],
      providers: [RareHandlers, RareCalls, SilentSource, WideSource],
    })
    class App {}
    const app = await NestFactory.create(App, { logger: false });
    await app.init();
    return new RareApp(app, `http://127.0.0.1:${app.get(MetricsServer).port}`);
  }

  /** Makes everything happen once. */
  async drive(): Promise<void> {
    const calls = this.app.get(RareCalls);
    const { applicationId: app } = this.app.get(ModulesContainer);
    requestsRefused.publish({ app, priority: 'read', reason: 'loop-late', count: 3 });
    let finish = (): void => undefined;
    const running = calls.write(new Promise<void>((resolve) => (finish = resolve)));
    const others = Promise.allSettled([
      calls.write(Promise.resolve()),
      calls.write(Promise.resolve()),
      calls.slow(),
      calls.read(),
      calls.exercise(),
      calls.flaky(),
      calls.refused(),
    ]);
    finish();
    await Promise.all([running, others]);
    await calls.read();

    const jobs = this.app.get(JobProducer, { strict: false });
    await jobs.enqueue(Failing, { n: 1 }, { idempotencyKey: 'one' });
    await jobs.enqueue(Failing, { n: 1 }, { idempotencyKey: 'one' });
    await jobs.enqueue(HandledElsewhere, { n: 1 });
    const { id } = await jobs.enqueue(Failing, { n: 2 }, { delay: '1h' });
    await jobs.cancel(Failing, id, 'a test');
    await runInContext({ correlationId: 'rare', merchantId: 'shop' }, async () => {
      const paced = Array.from({ length: 4 }, () => jobs.enqueue(Paced, { n: 1 }));
      await Promise.allSettled(paced);
    });
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}
