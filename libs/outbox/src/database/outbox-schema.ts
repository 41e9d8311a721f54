import type { SqlDatabase } from './sql-database.js';

const STATEMENTS = [
  // due_at: when to publish an unpublished event, or when to look up the job of a published one.
  `create table if not exists loyalnest_outbox (
  id uuid primary key,
  sequence bigint generated always as identity,
  name text not null,
  version integer not null,
  attempts integer not null,
  payload jsonb not null,
  context jsonb not null,
  occurred_at timestamptz not null,
  expires_at timestamptz,
  publish_attempts integer not null default 0,
  last_error text,
  due_at timestamptz not null default now(),
  published_at timestamptz
)`,
  `create index if not exists loyalnest_outbox_unpublished
  on loyalnest_outbox (due_at, sequence) where published_at is null`,
  `create index if not exists loyalnest_outbox_unconfirmed
  on loyalnest_outbox (due_at) where published_at is not null`,
  `create table if not exists loyalnest_inbox (
  consumer text not null,
  event_id text not null,
  result jsonb,
  applied_at timestamptz not null default now(),
  primary key (consumer, event_id)
)`,
];

/**
 * Creates the tables of outbox and inbox; safe to run repeatedly. If the service's role may not
 * create tables, add it to your own migrations and set `migrate: false`.
 */
export const OUTBOX_SCHEMA_SQL = `${STATEMENTS.join(';\n')};\n`;

/** Key of the advisory lock that keeps instances from creating the tables at the same time. */
const MIGRATION_LOCK = 7_230_180_451;

/** Creates the tables of outbox and inbox if they do not exist. Instances may call it together. */
export async function createOutboxSchema<Tx>(database: SqlDatabase<Tx>): Promise<void> {
  await database.transaction(async (tx) => {
    const connection = database.within(tx);
    await connection.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    for (const statement of STATEMENTS) await connection.query(statement);
  });
}
