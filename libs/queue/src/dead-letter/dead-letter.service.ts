import { wholeNumber } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import { QueueConnection } from '../connection/queue-connection.js';
import { isJobEnvelope } from '../job/job-envelope.js';
import { QueueRegistry } from '../queue-registry.js';
import { DeadLetterBusyError } from './dead-letter-busy.error.js';
import { DeadLetterNotFoundError } from './dead-letter-not-found.error.js';
import type { DeadLetter, Redrive } from './dead-letter.js';
import { readReason } from './dead-letter-reason.js';

export interface DeadLetterPage {
  /** The newest first. */
  readonly items: readonly DeadLetter[];
  /** All dead letters of the queue. */
  readonly total: number;
}

/** How long a redrive whose process died keeps others away. */
const LOCK_MS = 10_000;
/** Field of the job's own hash, so that the history goes where the job goes. */
const REDRIVES = 'loyalnest:redrives';

/**
 * Dead letters are the jobs of BullMQ's failed set: a job gets there in the same script that ends
 * its last run, so there is no moment in which it is in neither place.
 */
@Injectable()
export class DeadLetterService {
  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
  ) {}

  async list(
    queue: string,
    page: { offset?: number; limit?: number } = {},
  ): Promise<DeadLetterPage> {
    const { bull } = this.registry.get(queue);
    const offset = wholeNumber('deadLetters.offset', page.offset ?? 0);
    const limit = wholeNumber('deadLetters.limit', page.limit ?? 50, { min: 1, max: 1_000 });
    const [jobs, total] = await Promise.all([
      bull.getFailed(offset, offset + limit - 1),
      bull.getFailedCount(),
    ]);
    const present = jobs.filter((job) => job !== undefined && job !== null);
    return { items: await Promise.all(present.map((job) => this.describe(queue, job))), total };
  }

  /** @throws DeadLetterNotFoundError */
  async get(queue: string, id: string): Promise<DeadLetter> {
    return this.describe(queue, await this.find(queue, id));
  }

  /**
   * Runs a dead letter again, in place and with all its attempts; the counters of attempts and of
   * crashes start anew and the history keeps what was before.
   *
   * @param by who asked for it
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterBusyError for the later of two redrives at the same time
   */
  async redrive(queue: string, id: string, by: string): Promise<void> {
    const { producer } = this.connection;
    const { bull } = this.registry.get(queue);
    const lock = bull.toKey(`${id}:redrive`);
    if (!(await producer.set(lock, by, 'PX', LOCK_MS, 'NX'))) {
      throw new DeadLetterBusyError(queue, id);
    }
    try {
      const job = await this.find(queue, id);
      const redrive: Redrive = {
        at: new Date().toISOString(),
        by,
        attemptsMade: job.attemptsMade,
        failure: job.failedReason,
      };
      const redrives = [...(await this.redrives(queue, id)), redrive];
      // Before the job is moved: a worker may take it at once, and BullMQ keeps the count of stalls,
      // by which the job would be poison again.
      await producer
        .multi()
        .hdel(bull.toKey(id), 'stc')
        .hset(bull.toKey(id), REDRIVES, JSON.stringify(redrives))
        .exec();
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    } finally {
      await producer.del(lock);
    }
  }

  private async find(queue: string, id: string): Promise<Job> {
    const job = (await this.registry.get(queue).bull.getJob(id)) as Job | undefined;
    if (!job || !(await job.isFailed())) throw new DeadLetterNotFoundError(queue, id);
    return job;
  }

  private async redrives(queue: string, id: string): Promise<readonly Redrive[]> {
    const key = this.registry.get(queue).bull.toKey(id);
    const stored = await this.connection.producer.hget(key, REDRIVES);
    return stored ? (JSON.parse(stored) as Redrive[]) : [];
  }

  private async describe(queue: string, job: Job): Promise<DeadLetter> {
    const data: unknown = job.data;
    const envelope = isJobEnvelope(data) ? data : undefined;
    return {
      queue,
      id: job.id!,
      name: job.name,
      ...readReason(job.failedReason ?? ''),
      attemptsMade: job.attemptsMade,
      enqueuedAt: new Date(job.timestamp).toISOString(),
      failedAt: new Date(job.finishedOn ?? job.timestamp).toISOString(),
      payload: envelope ? envelope.payload : data,
      ...(envelope && { context: envelope.context }),
      redrives: await this.redrives(queue, job.id!),
    };
  }
}
