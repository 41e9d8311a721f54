import { SystemClock } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { JobDefinition } from '../job/job-definition.js';
import type {
  EnqueueItem,
  EnqueueManyResult,
  EnqueueOptions,
  EnqueueResult,
} from '../producer/enqueue-options.js';
import type { CancelOutcome } from '../producer/cancel-script.js';
import type { JobProducer } from '../producer/job-producer.js';
import { prepareJob, type PreparedJob } from '../producer/prepared-job.js';

const PREPARATION = { payloadLimitBytes: 64 * 1024, clock: new SystemClock() };

/** A job that the code under test enqueued. */
export interface RecordedJob<Payload = unknown> {
  readonly id: string;
  readonly name: string;
  readonly payload: Payload;
  readonly delayMs: number;
  readonly priority: number;
  readonly correlationId: string;
  readonly merchantId?: string;
}

/**
 * Replaces `JobProducer` in a test. It checks every job as `JobProducer` does, and keeps it in memory
 * instead of Redis.
 */
@Injectable()
export class RecordedJobs implements Pick<JobProducer, keyof JobProducer> {
  private readonly recorded = new Map<string, RecordedJob>();

  /** All jobs, in the order in which they were enqueued. */
  get all(): readonly RecordedJob[] {
    return [...this.recorded.values()];
  }

  /** The jobs of one definition, with the type of its payload. */
  of<Payload>(definition: JobDefinition<Payload>): readonly RecordedJob<Payload>[] {
    return this.all.filter(({ name }) => name === definition.name) as RecordedJob<Payload>[];
  }

  clear(): void {
    this.recorded.clear();
  }

  async enqueue<Payload>(
    definition: JobDefinition<Payload>,
    payload: Payload,
    options: EnqueueOptions = {},
  ): Promise<EnqueueResult> {
    return this.record(await prepareJob(definition, payload, options, PREPARATION));
  }

  async enqueueMany<Payload>(
    definition: JobDefinition<Payload>,
    items: readonly EnqueueItem<Payload>[],
  ): Promise<readonly EnqueueManyResult[]> {
    const jobs = [];
    for (const { payload, ...options } of items) {
      jobs.push(await prepareJob(definition, payload, options, PREPARATION));
    }
    return jobs.map((job) => this.record(job));
  }

  async cancel(
    _queue: JobDefinition | string,
    id: string,
  ): Promise<{ readonly outcome: CancelOutcome }> {
    return { outcome: this.recorded.delete(id) ? 'cancelled' : 'unknown' };
  }

  private record({ id, name, envelope, delayMs, priority }: PreparedJob): EnqueueResult {
    if (this.recorded.has(id)) return { id, outcome: 'duplicate' };
    const { correlationId, merchantId } = envelope.context;
    this.recorded.set(id, {
      id,
      name,
      payload: envelope.payload,
      delayMs,
      priority,
      correlationId,
      ...(merchantId !== undefined && { merchantId }),
    });
    return { id, outcome: 'enqueued' };
  }
}
