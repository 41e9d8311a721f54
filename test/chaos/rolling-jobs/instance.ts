import 'reflect-metadata';
import { DRAIN, type DrainStep } from '@loyalnest/core';
import { isDrainable } from '@loyalnest/core/toolkit';
import { GracefulShutdown, GracefulShutdownModule, OnDrain } from '@loyalnest/graceful-shutdown';
import { defineJob, JobHandler, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import type { JobContext } from '@loyalnest/queue';
import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';
import { IsInt, IsString } from 'class-validator';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const { DATABASE_URL, REDIS_URL, PREFIX, MUTATION, OPTIONS, CONCURRENCY, LOCK_MS, ONCE } =
  process.env;

const workers = { concurrency: Number(CONCURRENCY), lock: Number(LOCK_MS) };

class OrderPayload {
  @IsString()
  readonly order!: string;

  @IsInt()
  readonly takesMs!: number;
}

class NotePayload {
  @IsString()
  readonly order!: string;
}

const options = { attempts: 5, crashes: 20, backoff: { initial: 50, max: 50 } } as const;
const Apply = defineJob('orders.apply', { payload: OrderPayload, ...options });
const Note = defineJob('notes.write', { payload: NotePayload, ...options });

/** Records in Postgres each run that begins, and the effects. */
@Injectable()
class Ledger {
  private readonly pool = new pg.Pool({ connectionString: DATABASE_URL, max: 5 });

  constructor() {
    this.pool.on('error', () => undefined);
  }

  async begin(order: string, attempt: number, late: boolean): Promise<void> {
    const values = [order, attempt, late];
    await this.pool.query('insert into runs (job, attempt, late) values ($1, $2, $3)', values);
  }

  /** With `ONCE`, a second run of a job has no second effect, as with an inbox. */
  async apply(table: 'effects' | 'children', order: string): Promise<void> {
    const values = ONCE
      ? `select $1 where not exists (select from ${table} where job = $1)`
      : 'values ($1)';
    await this.pool.query(`insert into ${table} (job) ${values}`, [order]);
  }

  @OnDrain({ phase: MUTATION === 'pools-first' ? 'stop-intake' : 'close-databases' })
  async close(): Promise<void> {
    await this.pool.end();
  }
}

@Injectable()
class Handlers {
  constructor(
    private readonly ledger: Ledger,
    private readonly jobs: JobProducer,
    private readonly shutdown: GracefulShutdown,
  ) {}

  @JobHandler(Apply)
  async apply({ order, takesMs }: OrderPayload, { attempt, signal }: JobContext): Promise<void> {
    await this.ledger.begin(order, attempt, this.shutdown.isDraining);
    if (takesMs >= 60_000) console.log(`running ${order}`);
    await sleep(takesMs, undefined, { signal });
    await this.ledger.apply('effects', order);
    await this.jobs.enqueue(Note, { order }, { idempotencyKey: order });
  }

  @JobHandler(Note)
  async write({ order }: NotePayload): Promise<void> {
    await this.ledger.apply('children', order);
  }
}

@Module({
  imports: [
    DiscoveryModule,
    // Before GracefulShutdownModule on purpose: the order of imports must not matter.
    QueueModule.forRoot({ url: REDIS_URL!, prefix: PREFIX!, producerTimeout: '10s' }),
    QueueModule.forFeature(queue('orders', workers)),
    QueueModule.forFeature(queue('notes', workers)),
    GracefulShutdownModule.forRoot(JSON.parse(OPTIONS!) as object),
  ],
  providers: [Ledger, Handlers],
})
class AppModule {}

/** Removes the `stop-intake` steps of all providers. */
function neverStopIntake(discovery: DiscoveryService): void {
  for (const { instance } of discovery.getProviders()) {
    if (!isDrainable(instance)) continue;
    const steps = instance[DRAIN].bind(instance);
    instance[DRAIN] = (): readonly DrainStep[] =>
      steps().filter(({ phase }) => phase !== 'stop-intake');
  }
}

const app = await NestFactory.createApplicationContext(AppModule, {
  logger: ['error', 'warn', 'fatal'],
});
if (MUTATION === 'no-pause') neverStopIntake(app.get(DiscoveryService));
app.get(GracefulShutdown).attach(app);
console.log('ready');
