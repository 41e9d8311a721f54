import { currentContext, durationMs, toCarrier, type Duration } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { QueueConnection } from '../connection/queue-connection.js';
import type { JobDefinition } from '../job/job-definition.js';
import type { JobEnvelope } from '../job/job-envelope.js';
import { jobIdOf } from '../job/job-id.js';
import { QueueRegistry } from '../queue-registry.js';
import { bullJobOptions } from './bull-job-options.js';
import { PayloadTooLargeError } from './payload-too-large.error.js';
import { withinTimeLimit } from './within-time-limit.js';

export interface EnqueueOptions {
  /** Enqueued twice with one key, the job exists once, as long as completed jobs are kept. */
  readonly idempotencyKey?: string;
  /** Time before the job may run. @defaultValue 0 */
  readonly delay?: Duration;
}

export interface EnqueueResult {
  readonly id: string;
  /** `duplicate`: a job of this key was there already and was left as it is. */
  readonly outcome: 'enqueued' | 'duplicate';
}

/** Puts jobs into their queues. */
@Injectable()
export class JobProducer {
  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
  ) {}

  /**
   * Stores the job; it is there when the promise resolves. The request context travels with it.
   *
   * @throws InvalidPayloadError, PayloadTooLargeError: nothing was stored
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async enqueue<Payload>(
    definition: JobDefinition<Payload>,
    payload: Payload,
    options: EnqueueOptions = {},
  ): Promise<EnqueueResult> {
    const { name, queue, version, expiresAfterMs } = definition;
    const { bull } = this.registry.get(queue);
    const checked = await definition.validate(payload);
    const delay = durationMs(`enqueue(${name}).delay`, options.delay ?? 0);
    const now = Date.now();
    const envelope: JobEnvelope = {
      id: randomUUID(),
      version,
      payload: checked,
      context: toCarrier(currentContext()),
      occurredAt: new Date(now).toISOString(),
      ...(expiresAfterMs && { expiresAt: new Date(now + delay + expiresAfterMs).toISOString() }),
    };
    this.checkSize(name, envelope);
    const key = options.idempotencyKey;
    const id = key === undefined ? envelope.id : jobIdOf(name, key);
    const { producerTimeoutMs } = this.connection.options;
    return withinTimeLimit(queue, producerTimeoutMs, async () => {
      await bull.add(
        name,
        envelope,
        bullJobOptions(this.connection.options, id, definition.attempts, delay),
      );
      const duplicate = key !== undefined && !(await this.isStored(bull.toKey(id), envelope));
      return { id, outcome: duplicate ? 'duplicate' : 'enqueued' };
    });
  }

  /** BullMQ answers an add of an id that exists as if it were new; only the stored data tells. */
  private async isStored(key: string, envelope: JobEnvelope): Promise<boolean> {
    const data = await this.connection.producer.hget(key, 'data');
    return data === null || (JSON.parse(data) as JobEnvelope).id === envelope.id;
  }

  private checkSize(name: string, envelope: JobEnvelope): void {
    const limit = this.connection.options.payloadLimitBytes;
    const size = Buffer.byteLength(JSON.stringify(envelope.payload));
    if (size > limit) throw new PayloadTooLargeError(name, size, limit);
  }
}
