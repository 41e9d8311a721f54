import type { ResolvedRate } from '@loyalnest/core/toolkit';
import type { QueueConnection } from '../connection/queue-connection.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { jobThrottled } from '../queue.events.js';
import type { RegisteredQueue } from '../queue-registry.js';
import { JobThrottledError } from '../throttling/job-throttled.error.js';
import type { JobThrottle } from '../throttling/job-throttle.js';
import type { ResolvedThrottlePlan } from '../throttling/throttle-plan.js';
import { bullJobOptions } from './bull-job-options.js';
import type { EnqueueManyResult } from './enqueue-options.js';
import type { PreparedJob } from './prepared-job.js';
import { withinTimeLimit } from './within-time-limit.js';

/** Adds prepared jobs to BullMQ and reports the outcome of each. */
export class JobStore {
  constructor(
    private readonly connection: QueueConnection,
    private readonly throttle: JobThrottle,
  ) {}

  /** @param spentMs how much of `producerTimeout` is already used up */
  withinTimeLimit<T>(queue: string, task: () => Promise<T>, spentMs = 0): Promise<T> {
    const limitMs = Math.max(this.connection.options.producerTimeoutMs - spentMs, 1);
    return withinTimeLimit(queue, limitMs, task);
  }

  /** Stores the jobs. Never rejects. All jobs come from one caller, and so from one merchant. */
  async add(
    queue: RegisteredQueue,
    jobs: readonly PreparedJob[],
  ): Promise<readonly EnqueueManyResult[]> {
    const merchantId = jobs[0]?.envelope.context.merchantId;
    const { clock } = this.connection.options;
    const startedAtMs = clock.monotonic();
    const plan = queue.throttled ? await this.throttle.planFor(queue, merchantId) : undefined;
    const spentMs = queue.throttled ? Math.round(clock.monotonic() - startedAtMs) : 0;
    try {
      return await this.withinTimeLimit(
        queue.name,
        () => (plan ? this.writeInSlots(queue, jobs, merchantId!, plan) : this.write(queue, jobs)),
        spentMs,
      );
    } catch (error) {
      return jobs.map(({ id }) => ({ id, outcome: 'failed', error: error as Error }));
    }
  }

  private async writeInSlots(
    queue: RegisteredQueue,
    jobs: readonly PreparedJob[],
    merchantId: string,
    plan: ResolvedThrottlePlan,
  ): Promise<readonly EnqueueManyResult[]> {
    const ids = jobs.map(({ id }) => id);
    const slots = await this.throttle.reserve(queue, merchantId, plan, ids);
    const results: EnqueueManyResult[] = [];
    const taken: PreparedJob[] = [];
    jobs.forEach((job, index) => {
      const slot = slots[index]!;
      const { id, name } = job;
      if (slot.kind === 'duplicate') results[index] = { id, outcome: 'duplicate' };
      else if (slot.kind === 'slot') taken.push(this.withSlot(job, slot.delayMs, plan.rate));
      else {
        const { retryAfterMs } = slot;
        jobThrottled.publish({ id, name, at: 'enqueue', refused: true, delayMs: retryAfterMs });
        const error = new JobThrottledError(queue.name, name, retryAfterMs);
        results[index] = { id, outcome: 'failed', error };
      }
    });
    const written = [...(await this.write(queue, taken))];
    // These keys occurred twice in the call, or were enqueued elsewhere after their slots were
    // reserved.
    const late = written.filter(({ outcome }) => outcome === 'duplicate').length;
    if (late > 0) await this.throttle.giveBack(queue, merchantId, plan, late);
    return jobs.map((_job, index) => results[index] ?? written.shift()!);
  }

  private async write(
    { bull }: RegisteredQueue,
    jobs: readonly PreparedJob[],
  ): Promise<readonly EnqueueManyResult[]> {
    const [first] = jobs;
    if (!first) return [];
    if (jobs.length === 1) {
      await bull.add(first.name, first.envelope, this.optionsOf(first));
    } else {
      // A pipeline is not a transaction. If it fails, all jobs count as failed although some may be
      // stored. When the caller enqueues them again with their keys, the stored ones are
      // duplicates.
      await bull.addBulk(
        jobs.map((job) => ({ name: job.name, data: job.envelope, opts: this.optionsOf(job) })),
      );
    }
    const keyed = jobs.filter((job) => job.keyed);
    if (keyed.length === 0) return jobs.map(({ id }) => ({ id, outcome: 'enqueued' }));
    const present = await this.present(keyed.map(({ id }) => bull.toKey(id)));
    const duplicates = new Set(keyed.filter((job, index) => isOther(present[index], job)));
    return jobs.map((job) => ({
      id: job.id,
      outcome: duplicates.has(job) ? 'duplicate' : 'enqueued',
    }));
  }

  private withSlot(job: PreparedJob, delayMs: number, { intervalUs }: ResolvedRate): PreparedJob {
    if (delayMs > 0) {
      jobThrottled.publish({ id: job.id, name: job.name, at: 'enqueue', refused: false, delayMs });
    }
    const delay = Math.max(job.delayMs, delayMs);
    const at = this.connection.options.clock.now() + delay;
    const slot = { attemptsMade: 0, intervalMs: intervalUs / 1_000, at };
    return { ...job, delayMs: delay, envelope: { ...job.envelope, slot } };
  }

  private optionsOf(job: PreparedJob) {
    return bullJobOptions(this.connection.options, job, job.id);
  }

  private async present(keys: readonly string[]): Promise<readonly (string | null)[]> {
    const { producer } = this.connection;
    return Promise.all(keys.map((key) => producer.hget(key, 'data')));
  }
}

/** BullMQ does not report that an id already exists; only the stored envelope id shows it. */
function isOther(data: string | null | undefined, job: PreparedJob): boolean {
  return typeof data === 'string' && (JSON.parse(data) as JobEnvelope).id !== job.envelope.id;
}
