import {
  JobPublisher,
  type JobFate,
  type PublishableJob,
  type PublishResult,
} from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import { DeadLetterService } from '../dead-letter/dead-letter.service.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { QueueRegistry } from '../queue-registry.js';
import { bullJobOptions } from './bull-job-options.js';
import { withinTimeLimit } from './within-time-limit.js';

/** Publishes outbox events as jobs. The event's id is the job's id. */
@Injectable()
export class QueueJobPublisher extends JobPublisher {
  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly letters: DeadLetterService,
  ) {
    super();
  }

  override get redrivableForMs(): number {
    const { maxAgeMs, discardedForMs } = this.connection.options.deadLetters.retention;
    return Math.max(...Object.values(maxAgeMs)) + discardedForMs;
  }

  async publish(jobs: readonly PublishableJob[]): Promise<readonly PublishResult[]> {
    const byQueue = Map.groupBy(jobs, ({ name }) => queueOf(name));
    const results = await Promise.all(
      [...byQueue].map(([queue, group]) => this.publishTo(queue, group)),
    );
    return results.flat();
  }

  async fates(jobs: readonly Pick<PublishableJob, 'id' | 'name'>[]): Promise<readonly JobFate[]> {
    return Promise.all(
      jobs.map(({ id, name }) => {
        const queue = queueOf(name);
        const { bull } = this.registry.get(queue);
        const { producerTimeoutMs } = this.connection.options;
        return withinTimeLimit(queue, producerTimeoutMs, async () => {
          const state = await bull.getJobState(id);
          if (state === 'completed') return state;
          // A discarded dead letter is not in any of BullMQ's sets.
          if (state === 'unknown')
            return (await this.letters.of(queue).isDiscarded(id)) ? 'dead' : state;
          return state === 'failed' ? 'dead' : 'pending';
        });
      }),
    );
  }

  private async publishTo(
    queue: string,
    jobs: readonly PublishableJob[],
  ): Promise<readonly PublishResult[]> {
    const { options } = this.connection;
    try {
      const { bull } = this.registry.get(queue);
      // addBulk is a pipeline, not a transaction. If it fails, all jobs count as failed although
      // some may be stored. Publishing them again finds the stored ids, so each job exists once.
      await withinTimeLimit(queue, options.producerTimeoutMs, () =>
        bull.addBulk(
          jobs.map((job) => ({
            name: job.name,
            data: envelopeOf(job),
            opts: bullJobOptions(options, { attempts: job.attempts }, job.id),
          })),
        ),
      );
      return jobs.map(({ id }) => ({ id, outcome: 'published' as const }));
    } catch (error) {
      return jobs.map(({ id }) => ({ id, outcome: 'failed' as const, error: error as Error }));
    }
  }
}

function envelopeOf({
  id,
  version,
  payload,
  context,
  occurredAt,
  expiresAt,
}: PublishableJob): JobEnvelope {
  return { id, version, payload, context, occurredAt, ...(expiresAt && { expiresAt }) };
}

function queueOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
