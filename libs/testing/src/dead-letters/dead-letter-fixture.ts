import { SystemClock, type Clock } from '@loyalnest/core';
import { DeadLetters, type DeadLettersOptions } from '@loyalnest/queue';
import { Queue, UnrecoverableError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { eventually } from '../eventually/eventually.js';
import type { RedisServer } from '../redis/redis-server.js';

const QUEUE = 'points';
let fixtures = 0;

type Run = (job: Job) => Promise<unknown>;

/** One queue on a real Redis, with plain BullMQ workers and the dead letters that they make. */
export class DeadLetterFixture {
  readonly client: Redis;
  readonly bull: Queue;
  readonly prefix = `{fixture-${++fixtures}}`;
  private readonly workers: Worker[] = [];
  private readonly clients: Redis[] = [];

  constructor(private readonly server: RedisServer) {
    this.client = this.connect();
    this.bull = new Queue(QUEUE, { connection: this.client, prefix: this.prefix });
  }

  connect(): Redis {
    const client = new Redis(this.server.url, { maxRetriesPerRequest: null });
    client.on('error', () => {});
    this.clients.push(client);
    return client;
  }

  /** The dead letters as another process sees them, over a connection of its own. */
  letters(
    options: Partial<DeadLettersOptions> = {},
    clock: Clock = new SystemClock(),
  ): DeadLetters {
    const { redis = this.connect(), ...rest } = options;
    return DeadLetters.open({ queue: QUEUE, prefix: this.prefix, redis, clock, ...rest });
  }

  key(name: string): string {
    return this.bull.toKey(name);
  }

  work(run: Run, concurrency = 50): Worker {
    const connection = new Redis(this.server.url, { maxRetriesPerRequest: null });
    const worker = new Worker(QUEUE, run, { connection, prefix: this.prefix, concurrency });
    this.clients.push(connection);
    worker.on('error', () => {});
    this.workers.push(worker);
    return worker;
  }

  /** Enqueues jobs, runs a worker that fails them all, and resolves with their ids. */
  async bury(
    count: number,
    options: {
      readonly name?: string;
      readonly failure?: string | ((id: string) => Error);
      readonly id?: (i: number) => string;
      readonly data?: (i: number) => unknown;
    } = {},
  ): Promise<readonly string[]> {
    const { name = 'points.award', failure = 'no such account' } = options;
    const before = await this.bull.getFailedCount();
    const id = options.id ?? ((i: number): string => `job-${before + i}`);
    const ids = Array.from({ length: count }, (_none, i) => id(i));
    for (let at = 0; at < count; at += 1_000) {
      const jobs = ids.slice(at, at + 1_000).map((jobId, i) => ({
        name,
        data: options.data?.(at + i) ?? envelope({ n: at + i }),
        opts: { jobId },
      }));
      await this.bull.addBulk(jobs);
    }
    const worker = this.work(async (job) => {
      throw typeof failure === 'function' ? failure(job.id!) : new UnrecoverableError(failure);
    });
    await eventually(
      async () => {
        const failed = await this.bull.getFailedCount();
        if (failed !== before + count) throw new Error(`${failed - before} of ${count} have died`);
      },
      { within: '60s' },
    );
    await worker.close();
    return ids;
  }

  /** Changes when a job died. */
  async date(id: string, ms: number): Promise<void> {
    await this.client.zadd(this.key('failed'), ms, id);
    await this.client.hset(this.key(id), 'finishedOn', ms);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await this.bull.close();
    for (const client of this.clients) client.disconnect();
  }
}

/** A payload as `JobProducer` stores it in a job. */
export function envelope(payload: unknown, merchantId?: string): object {
  return {
    id: 'event',
    version: 1,
    payload,
    context: { correlationId: 'c', ...(merchantId && { merchantId }) },
    occurredAt: '2026-01-01T00:00:00.000Z',
  };
}
