import {
  currentContext,
  SystemClock,
  toCarrier,
  traced,
  type Clock,
  type JobDescriptor,
} from '@loyalnest/core';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { SqlDatabase } from './database/sql-database.js';
import { OutboxStore } from './outbox-store.js';
import { MODULE_OPTIONS_TOKEN } from './outbox.module-definition.js';
import type { OutboxModuleOptions } from './outbox.options.js';

/** Publishes events in the transaction of a business change. `Tx` is your library's transaction. */
@Injectable()
export class Outbox<Tx = unknown> {
  private readonly database: SqlDatabase<Tx>;
  private readonly clock: Clock;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: OutboxModuleOptions,
    private readonly store: OutboxStore,
  ) {
    this.database = options.database as SqlDatabase<Tx>;
    this.clock = options.clock ?? new SystemClock();
  }

  /**
   * Stores the event in `tx`. If and only if `tx` commits, the event is published at least once, even
   * if the process or all of Redis is lost. It carries the current request context.
   *
   * @returns the event's id, which is also the id of its job
   * @throws the error of the job's validation; roll the transaction back then
   */
  async publish<Payload>(tx: Tx, job: JobDescriptor<Payload>, payload: Payload): Promise<string> {
    const id = randomUUID();
    await traced(
      'producer',
      () => ({
        name: `create ${job.name}`,
        attributes: {
          'messaging.system': 'outbox',
          'messaging.destination.name': job.name,
          'messaging.operation.name': 'create',
          'messaging.operation.type': 'create',
          'messaging.message.id': id,
        },
      }),
      () => this.insert(tx, id, job, payload),
    );
    return id;
  }

  private async insert<Payload>(
    tx: Tx,
    id: string,
    job: JobDescriptor<Payload>,
    payload: Payload,
  ): Promise<void> {
    const now = this.clock.now();
    const checked = await job.validate(payload);
    await this.store.insert(this.database.within(tx), {
      id,
      name: job.name,
      version: job.version,
      attempts: job.attempts,
      payload: checked,
      context: toCarrier(currentContext()),
      occurredAt: new Date(now).toISOString(),
      ...(job.expiresAfterMs && {
        expiresAt: new Date(now + job.expiresAfterMs).toISOString(),
      }),
    });
  }
}
