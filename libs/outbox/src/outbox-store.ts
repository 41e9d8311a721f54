import type { JobFate, JobName, PublishableJob } from '@loyalnest/core';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createOutboxSchema } from './database/outbox-schema.js';
import type { SqlDatabase, SqlExecutor } from './database/sql-database.js';
import { MODULE_OPTIONS_TOKEN } from './outbox.module-definition.js';
import type { OutboxModuleOptions } from './outbox.options.js';

interface OutboxRow {
  readonly id: string;
  readonly name: JobName;
  readonly version: number;
  readonly attempts: number;
  readonly payload: unknown;
  readonly context: PublishableJob['context'];
  readonly occurredAt: Date | string;
  readonly expiresAt: Date | string | null;
  readonly publishAttempts: number;
}

/** An event that a relay has claimed. */
export interface ClaimedEvent extends PublishableJob {
  readonly publishAttempts: number;
}

export interface OutboxBacklog {
  readonly unpublished: number;
  readonly unconfirmed: number;
  readonly lagMs: number;
}

/** Runs the statements on the outbox table. */
@Injectable()
export class OutboxStore implements OnModuleInit {
  private readonly database: SqlDatabase<unknown>;
  private readonly migrate: boolean;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: OutboxModuleOptions) {
    this.database = options.database;
    this.migrate = options.migrate ?? true;
  }

  async onModuleInit(): Promise<void> {
    if (this.migrate) await createOutboxSchema(this.database);
  }

  async insert(connection: SqlExecutor, event: PublishableJob): Promise<void> {
    await connection.query(
      `insert into loyalnest_outbox
         (id, name, version, attempts, payload, context, occurred_at, expires_at)
       values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8)`,
      [
        event.id,
        event.name,
        event.version,
        event.attempts,
        JSON.stringify(event.payload),
        JSON.stringify(event.context),
        event.occurredAt,
        event.expiresAt ?? null,
      ],
    );
  }

  /**
   * Claims due events, oldest first. It skips rows that another relay has locked instead of waiting
   * for them. A claimed event that is not settled becomes due again after the lease.
   */
  async claim(limit: number, leaseMs: number): Promise<readonly ClaimedEvent[]> {
    const { rows } = await this.database.query<OutboxRow & { readonly sequence: string }>(
      `update loyalnest_outbox
       set due_at = now() + $2 * interval '1 millisecond', publish_attempts = publish_attempts + 1
       where id in (
         select id from loyalnest_outbox
         where published_at is null and due_at <= now()
         order by due_at, sequence limit $1
         for update skip locked)
       returning id, sequence, name, version, attempts, payload, context,
         occurred_at as "occurredAt", expires_at as "expiresAt",
         publish_attempts as "publishAttempts"`,
      [limit, leaseMs],
    );
    return [...rows].sort((a, b) => Number(a.sequence) - Number(b.sequence)).map(toEvent);
  }

  async markPublished(ids: readonly string[], confirmAfterMs: number): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `update loyalnest_outbox set published_at = now(), last_error = null,
         due_at = now() + $2 * interval '1 millisecond'
       where id = any($1::uuid[])`,
      [ids, confirmAfterMs],
    );
  }

  async markFailed(id: string, error: string, delayMs: number): Promise<void> {
    await this.database.query(
      `update loyalnest_outbox set last_error = $2, due_at = now() + $3 * interval '1 millisecond'
       where id = $1 and published_at is null`,
      [id, error, delayMs],
    );
  }

  /** Published events whose jobs should be looked up now. */
  async unconfirmed(limit: number): Promise<readonly Pick<PublishableJob, 'id' | 'name'>[]> {
    const { rows } = await this.database.query<Pick<PublishableJob, 'id' | 'name'>>(
      `select id, name from loyalnest_outbox
       where published_at is not null and due_at <= now() order by due_at limit $1`,
      [limit],
    );
    return rows;
  }

  /** Deletes events whose job ended, defers pending ones, and marks lost ones as unpublished. */
  async settle(fates: ReadonlyMap<string, JobFate>, confirmAfterMs: number): Promise<void> {
    const withFate = (...wanted: readonly JobFate[]): readonly string[] =>
      [...fates].filter(([, fate]) => wanted.includes(fate)).map(([id]) => id);
    await this.database.query('delete from loyalnest_outbox where id = any($1::uuid[])', [
      withFate('completed', 'dead'),
    ]);
    await this.database.query(
      `update loyalnest_outbox set due_at = now() + $2 * interval '1 millisecond'
       where id = any($1::uuid[])`,
      [withFate('pending'), confirmAfterMs],
    );
    await this.database.query(
      `update loyalnest_outbox set published_at = null, due_at = now()
       where id = any($1::uuid[])`,
      [withFate('unknown')],
    );
  }

  /** Age of the oldest unpublished event in milliseconds; 0 if there is none. */
  async lagMs(): Promise<number> {
    const { rows } = await this.database.query<{ readonly lag: string | number | null }>(
      `select extract(epoch from now() - min(occurred_at)) * 1000 as lag
       from loyalnest_outbox where published_at is null`,
    );
    return Math.max(0, Number(rows[0]?.lag ?? 0));
  }

  /** The same age and the number of events of each kind, counting at most `limit` rows per kind. */
  async backlog(limit: number): Promise<OutboxBacklog> {
    const { rows } = await this.database.query<Record<keyof OutboxBacklog, string | number | null>>(
      `select count(*) as unpublished,
         extract(epoch from now() - min(occurred_at)) * 1000 as "lagMs",
         (select count(*) from (
           select 1 from loyalnest_outbox where published_at is not null limit $1) as published
         ) as unconfirmed
       from (
         select occurred_at from loyalnest_outbox where published_at is null
         order by due_at, sequence limit $1) as waiting`,
      [limit],
    );
    const { unpublished, unconfirmed, lagMs } = rows[0]!;
    return {
      unpublished: Number(unpublished),
      unconfirmed: Number(unconfirmed),
      lagMs: Math.max(0, Number(lagMs ?? 0)),
    };
  }
}

function toEvent(row: OutboxRow): ClaimedEvent {
  const { id, name, version, attempts, payload, context, publishAttempts } = row;
  return {
    id,
    name,
    version,
    attempts,
    payload,
    context,
    publishAttempts,
    occurredAt: new Date(row.occurredAt).toISOString(),
    ...(row.expiresAt && { expiresAt: new Date(row.expiresAt).toISOString() }),
  };
}
