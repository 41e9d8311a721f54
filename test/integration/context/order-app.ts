import { CorrelationModule, RequestContextService } from '@loyalnest/correlation';
import { HttpClient, HttpClientModule } from '@loyalnest/http';
import { LoggingModule, PinoLogger } from '@loyalnest/observability';
import { TracingModule } from '@loyalnest/observability/tracing';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import {
  Bulkhead,
  Cache,
  ResilienceModule,
  ResilienceRegistry,
  Retry,
  SingleFlight,
} from '@loyalnest/resilience';
import {
  Controller,
  Inject,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Put,
  type DynamicModule,
} from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, Interval, ScheduleModule } from '@nestjs/schedule';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { IsInt } from 'class-validator';

/** Call targets: a partner, and the application itself once its address is known. */
export interface Sites {
  readonly partner: string;
  own: string;
}
const SITES = Symbol('sites');

class AwardPayload {
  @IsInt()
  readonly order!: number;
}

const AwardPoints = defineJob('points.award', { payload: AwardPayload, attempts: 1 });

// Each line and call names its order, which is passed as an argument, not through the context.
@Injectable()
class Partner {
  constructor(
    private readonly http: HttpClient,
    private readonly logger: PinoLogger,
    @Inject(SITES) private readonly sites: Sites,
  ) {}

  /** The partner fails the first attempt of every order. */
  @Retry({ attempts: 2, backoff: { initial: '5ms', jitter: 'none' }, budget: false })
  async reserve(order: number): Promise<void> {
    this.logger.info({ order }, 'reserves');
    await this.tell(`reserve/${order}`);
  }

  @Bulkhead({ name: 'quotes', maxConcurrent: 4, maxQueue: 200, maxWait: '1m' })
  async quote(order: number): Promise<void> {
    this.logger.info({ order }, 'asks for a quote');
    await this.tell(`quote/${order}`);
    this.logger.info({ order }, 'has a quote');
  }

  @Cache({ ttl: '10m' })
  @SingleFlight()
  async catalog(): Promise<{ readonly of: string }> {
    this.logger.info('reads the catalog');
    return this.http.getJson(`${this.sites.partner}/catalog`);
  }

  async tell(path: string): Promise<void> {
    await this.http.request({ url: `${this.sites.partner}/${path}`, method: 'POST' });
  }
}

@Injectable()
class Mailer {
  constructor(
    private readonly partner: Partner,
    private readonly logger: PinoLogger,
  ) {}

  @OnEvent('paid', { async: true })
  async paid(order: number): Promise<void> {
    await this.partner.tell(`mail/${order}`);
    this.logger.info({ order }, 'has mailed');
  }
}

@Injectable()
class Awards {
  constructor(
    private readonly http: HttpClient,
    private readonly logger: PinoLogger,
    @Inject(SITES) private readonly sites: Sites,
  ) {}

  @JobHandler(AwardPoints)
  async award({ order }: AwardPayload): Promise<void> {
    this.logger.info({ order }, 'awards');
    await this.http.request({ url: `${this.sites.own}/ledger/${order}`, method: 'PUT' });
  }
}

/** Scheduled runs, which belong to no request. */
@Injectable()
export class Sweeps {
  begun = 0;
  ended = 0;

  constructor(
    private readonly partner: Partner,
    private readonly logger: PinoLogger,
  ) {}

  @Interval('often', 20)
  async often(): Promise<void> {
    await this.sweep();
  }

  @Cron('* * * * * *', { name: 'each second' })
  async eachSecond(): Promise<void> {
    await this.sweep();
  }

  private async sweep(): Promise<void> {
    const sweep = ++this.begun;
    this.logger.info({ sweep }, 'sweeps');
    await this.partner.tell(`sweep/${sweep}`);
    this.logger.info({ sweep }, 'has swept');
    this.ended++;
  }
}

/** The answer to an order: the context that its handler saw. */
export interface Ordered {
  readonly correlationId: string;
  readonly merchantId: string;
  readonly userId: string;
  readonly catalogOf: string;
}

@Controller()
export class Orders {
  maxWaiting = 0;

  constructor(
    private readonly partner: Partner,
    private readonly jobs: JobProducer,
    private readonly events: EventEmitter2,
    private readonly context: RequestContextService,
    private readonly policies: ResilienceRegistry,
    private readonly logger: PinoLogger,
  ) {}

  @Post('orders/:order')
  async place(@Param('order', ParseIntPipe) order: number): Promise<Partial<Ordered>> {
    this.logger.info({ order }, 'takes the order');
    const [catalog] = await Promise.all([
      this.partner.catalog(),
      this.partner.reserve(order),
      this.partner.quote(order),
    ]);
    const { waiting = 0 } = this.policies.states.bulkheads.get('quotes')?.snapshot ?? {};
    this.maxWaiting = Math.max(this.maxWaiting, waiting);
    this.events.emit('paid', order);
    await this.jobs.enqueue(AwardPoints, { order });
    const { correlationId, merchantId, userId } = this.context.current ?? {};
    return { correlationId, merchantId, userId, catalogOf: catalog.of } as Ordered;
  }

  @Put('ledger/:order')
  async book(@Param('order', ParseIntPipe) order: number): Promise<void> {
    this.logger.info({ order }, 'books');
    await this.partner.tell(`ledger/${order}`);
  }
}

export interface OrderAppOptions {
  readonly sites: Sites;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly exporter: SpanExporter;
  readonly destination: { write(line: string): void };
}

/** A service whose requests use every kind of entry and exit that the suite covers. */
export function orderApp(options: OrderAppOptions): DynamicModule {
  const { sites, redisUrl, prefix, exporter, destination } = options;
  @Module({
    controllers: [Orders],
    providers: [Partner, Mailer, Awards, Sweeps, { provide: SITES, useValue: sites }],
  })
  class OrderApp {}
  return {
    module: OrderApp,
    imports: [
      CorrelationModule.forRoot({ trustIdentity: true }),
      LoggingModule.forRoot({ service: 'orders', destination }),
      TracingModule.forRoot({ service: 'orders', exporter }),
      HttpClientModule.forRoot({ timeout: '1m' }),
      ResilienceModule.forRoot({}),
      QueueModule.forRoot({ url: redisUrl, prefix }),
      QueueModule.forFeature(queue('points', { concurrency: 20 })),
      EventEmitterModule.forRoot(),
      ScheduleModule.forRoot(),
    ],
  };
}
