import { DeadLetterService, defineJob, JobProducer, queue, QueueModule } from '@loyalnest/queue';
import { eventually, RedisServer, type RedisServerOptions } from '@loyalnest/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Redis } from 'ioredis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileApp } from '../compile-app.js';
import { EffectsLedger } from './effects-ledger.js';
import { QueueAudit, type Place } from './queue-audit.js';

export class EffectPayload {
  @IsString()
  readonly event!: string;

  @IsOptional()
  @IsString()
  readonly dies?: string;

  @IsOptional()
  @IsInt()
  readonly failures?: number;

  @IsOptional()
  @IsInt()
  readonly takesMs?: number;
}

/** The same job as in `effects-app.ts`. */
export const Effect = defineJob('effects.apply', { payload: EffectPayload, attempts: 2 });

/** The job id of an event that is used as the idempotency key. */
export const idOf = (event: string): string => `${Effect.name}-${encodeURIComponent(event)}`;

/** A Redis server, a Postgres server and the compiled worker. */
export class EffectsSite {
  private readonly queues: EffectsQueue[] = [];

  private constructor(
    readonly redis: RedisServer,
    readonly ledger: EffectsLedger,
    readonly program: Awaited<ReturnType<typeof compileApp>>,
    readonly deaths: string,
  ) {}

  static async start(options: RedisServerOptions = {}): Promise<EffectsSite> {
    const [redis, ledger, program] = await Promise.all([
      RedisServer.start(options),
      EffectsLedger.start(),
      compileApp(join(import.meta.dirname, 'effects-app.ts'), [
        'core',
        'queue',
        'graceful-shutdown',
      ]),
    ]);
    const deaths = mkdtempSync(join(tmpdir(), 'loyalnest-deaths-'));
    return new EffectsSite(redis, ledger, program, deaths);
  }

  async open(prefix: string): Promise<EffectsQueue> {
    const opened = await EffectsQueue.open(this, prefix);
    this.queues.push(opened);
    return opened;
  }

  async stop(): Promise<void> {
    await Promise.all(this.queues.map((opened) => opened.close()));
    await Promise.all([this.redis.stop(), this.ledger.stop()]);
    this.program.remove();
    rmSync(this.deaths, { recursive: true });
  }
}

/** A queue in an application that enqueues jobs and reads dead letters, but handles no jobs. */
export class EffectsQueue {
  private constructor(
    private readonly site: EffectsSite,
    private readonly prefix: string,
    readonly app: INestApplicationContext,
    private readonly client: Redis,
  ) {}

  static async open(site: EffectsSite, prefix: string): Promise<EffectsQueue> {
    @Module({
      imports: [
        // Tolerates a slow machine.
        QueueModule.forRoot({ url: site.redis.url, prefix, producerTimeout: '10s' }),
        QueueModule.forFeature(queue('effects')),
      ],
    })
    class Office {}
    const app = await NestFactory.createApplicationContext(Office, { logger: false });
    const client = new Redis(site.redis.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    return new EffectsQueue(site, prefix, app, client);
  }

  get producer(): JobProducer {
    return this.app.get(JobProducer);
  }

  get letters(): ReturnType<DeadLetterService['of']> {
    return this.app.get(DeadLetterService).of('effects');
  }

  get bull(): Queue {
    return this.app.get<Queue>(getQueueToken('effects'), { strict: false });
  }

  get audit(): QueueAudit {
    return new QueueAudit(this.client, this.bull);
  }

  /** Program and environment of a worker of this queue. */
  worker(env: Record<string, string> = {}): [entry: string, env: Record<string, string>] {
    const { redis, ledger, deaths, program } = this.site;
    const own = { REDIS_URL: redis.url, DATABASE_URL: ledger.url, DEATHS: deaths };
    return [program.entry, { ...own, PREFIX: this.prefix, ...env }];
  }

  /** Resolves once each job is in one of these places and nowhere else. */
  async settled(
    events: readonly string[],
    within: `${number}s`,
    places: readonly Place[],
  ): Promise<void> {
    const ids = events.map(idOf);
    await eventually(
      async () => {
        const astray = await this.audit.astray(ids, places);
        if (astray.length > 0) {
          throw new Error(`${astray.length} of ${ids.length} jobs are elsewhere, ${astray[0]}`);
        }
      },
      { within, every: '100ms', what: 'the end of all jobs' },
    );
  }

  async close(): Promise<void> {
    await this.app.close();
    this.client.disconnect();
  }
}
