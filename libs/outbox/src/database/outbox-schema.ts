import type { SqlDatabase } from './sql-database.js';

const STATEMENTS = [
  // due_at: not published, when to try next; published, when to look how the job fares.
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
 * Tables of outbox and inbox. Safe to run again. Put it into your own migrations if the service's
 * role may not create tables, and set `migrate: false` then.
 */
export const OUTBOX_SCHEMA_SQL = `${STATEMENTS.join(';\n')};\n`;

/** Key of the advisory lock: instances that start together must not create the tables at once. */
const MIGRATION_LOCK = 7_230_180_451;

export async function createOutboxSchema<Tx>(database: SqlDatabase<Tx>): Promise<void> {
  await database.transaction(async (tx) => {
    const connection = database.within(tx);
    await connection.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    for (const statement of STATEMENTS) await connection.query(statement);
  });
}
