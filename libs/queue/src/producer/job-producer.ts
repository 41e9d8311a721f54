import { OptionError, traced } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import type { JobDefinition } from '../job/job-definition.js';
import { sendSpan } from '../job/job-spans.js';
import { jobCancelled, jobDeduplicated, jobEnqueued } from '../queue.events.js';
import { QueueRegistry } from '../queue-registry.js';
import { JobThrottle } from '../throttling/job-throttle.js';
import { CANCEL_OUTCOMES, cancelScript, type CancelOutcome } from './cancel-script.js';
import type {
  EnqueueItem,
  EnqueueManyResult,
  EnqueueOptions,
  EnqueueResult,
} from './enqueue-options.js';
import { JobStore } from './job-store.js';
import { prepareJob } from './prepared-job.js';

/** Jobs per call to Redis, few enough to be stored within `producerTimeout`. */
const BATCH = 500;

/** Enqueues and cancels jobs. */
@Injectable()
export class JobProducer {
  private readonly store: JobStore;

  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    throttle: JobThrottle,
  ) {
    this.store = new JobStore(connection, throttle);
  }

  /**
   * Stores a job in its queue, together with the current request context. When the promise
   * resolves, Redis has stored the job.
   *
   * @throws InvalidPayloadError, PayloadTooLargeError: nothing was stored
   * @throws JobThrottledError if the merchant's plan has no slot in time: nothing was stored
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async enqueue<Payload>(
    definition: JobDefinition<Payload>,
    payload: Payload,
    options: EnqueueOptions = {},
  ): Promise<EnqueueResult> {
    return traced(
      'producer',
      () => sendSpan(definition),
      async (span) => {
        const queue = this.registry.get(definition.queue);
        const job = await prepareJob(definition, payload, options, this.connection.options);
        span?.set({ 'messaging.message.id': job.id });
        const [stored] = await this.store.add(queue, [job]);
        const result = stored!;
        if (result.outcome === 'failed') throw result.error;
        publishOutcome(result, job.name);
        return result;
      },
    );
  }

  /**
   * Stores many jobs in few round trips to Redis. All jobs are validated before the first is
   * stored. After that each job has its own result, because Redis may become unavailable halfway;
   * results are in the order of `items`. Once Redis does not answer within `producerTimeout`, all
   * remaining jobs fail.
   *
   * @throws InvalidPayloadError, PayloadTooLargeError for the first bad payload: nothing was stored
   */
  async enqueueMany<Payload>(
    definition: JobDefinition<Payload>,
    items: readonly EnqueueItem<Payload>[],
  ): Promise<readonly EnqueueManyResult[]> {
    return traced(
      'producer',
      () => sendSpan(definition, items.length),
      () => this.storeMany(definition, items),
    );
  }

  private async storeMany<Payload>(
    definition: JobDefinition<Payload>,
    items: readonly EnqueueItem<Payload>[],
  ): Promise<readonly EnqueueManyResult[]> {
    const queue = this.registry.get(definition.queue);
    const jobs = [];
    for (const { payload, ...options } of items) {
      jobs.push(await prepareJob(definition, payload, options, this.connection.options));
    }
    const results: EnqueueManyResult[] = [];
    for (let from = 0; from < jobs.length; from += BATCH) {
      const batch = jobs.slice(from, from + BATCH);
      const stored = await this.store.add(queue, batch);
      results.push(...stored);
      const outage = stored.find((result) => result.outcome === 'failed' && isOutage(result.error));
      if (outage?.outcome !== 'failed') continue;
      const rest = jobs.slice(from + BATCH);
      results.push(
        ...rest.map(({ id }) => ({ id, outcome: 'failed' as const, error: outage.error })),
      );
      break;
    }
    for (const result of results) publishOutcome(result, definition.name);
    return results;
  }

  /**
   * Cancels a waiting or delayed job. When a worker takes it, the job becomes a dead letter with
   * the reason `cancelled` instead of running; it can be redriven. A running job is not stopped,
   * and the outcome says so.
   *
   * @param queue a definition or the name of a queue
   * @param reason why, shown on the dead letter
   * @throws OptionError if `reason` is empty
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async cancel(
    queue: JobDefinition | string,
    id: string,
    reason: string,
  ): Promise<{ readonly outcome: CancelOutcome }> {
    const { name, bull } = this.registry.get(typeof queue === 'string' ? queue : queue.queue);
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new OptionError('cancel.reason', reason, 'give a reason; the dead letter shows it');
    }
    const { producer } = this.connection;
    const index = await this.store.withinTimeLimit(name, () =>
      cancelScript.run(
        producer,
        [bull.toKey(id), bull.toKey(`${id}:lock`)],
        [`[cancelled] ${reason}`],
      ),
    );
    const outcome = CANCEL_OUTCOMES[index]!;
    if (outcome === 'cancelled') jobCancelled.publish({ id, queue: name, reason });
    return { outcome };
  }
}

function publishOutcome({ id, outcome }: EnqueueManyResult, name: string): void {
  if (outcome === 'enqueued') jobEnqueued.publish({ id, name });
  if (outcome === 'duplicate') jobDeduplicated.publish({ id, name });
}

function isOutage(error: Error): boolean {
  return (error as { code?: unknown }).code === 'QUEUE_UNAVAILABLE';
}
