import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/**
 * Every webhook with a valid signature, as received. `body` is the text of webhooks that an older
 * version stored; since then `payload` has the bytes, which need not be text.
 */
export const webhooks = pgTable(
  'webhooks',
  {
    shop: text().notNull(),
    webhookId: text().notNull(),
    topic: text().notNull(),
    triggeredAt: timestamp({ withTimezone: true }),
    receivedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    verdict: jsonb().notNull(),
    body: text(),
    payload: bytea(),
  },
  (table) => [
    primaryKey({ columns: [table.shop, table.webhookId] }),
    check('webhooks_has_content', sql`num_nonnulls(${table.body}, ${table.payload}) = 1`),
  ],
);

/** Balances, derived from the ledger. */
export const accounts = pgTable(
  'accounts',
  {
    merchantId: text().notNull(),
    customerId: text().notNull(),
    available: bigint({ mode: 'number' }).notNull().default(0),
    pending: bigint({ mode: 'number' }).notNull().default(0),
    debt: bigint({ mode: 'number' }).notNull().default(0),
    lifetimeEarned: bigint({ mode: 'number' }).notNull().default(0),
    /** Sequence number of the account's newest ledger event. */
    seq: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.customerId] }),
    check('available_not_negative', sql`${table.available} >= 0`),
    check('pending_not_negative', sql`${table.pending} >= 0`),
    check('debt_not_negative', sql`${table.debt} >= 0`),
  ],
);

/**
 * Append-only. The second index makes each order earn points once, even if several webhooks report
 * it.
 */
export const ledgerEvents = pgTable(
  'ledger_events',
  {
    id: uuid().primaryKey().defaultRandom(),
    merchantId: text().notNull(),
    customerId: text().notNull(),
    seq: integer().notNull(),
    type: text().notNull(),
    points: bigint({ mode: 'number' }).notNull(),
    sourceType: text().notNull(),
    sourceId: text().notNull(),
    correlationId: text(),
    occurredAt: timestamp({ withTimezone: true }).notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('ledger_events_seq').on(table.merchantId, table.customerId, table.seq),
    uniqueIndex('ledger_events_source').on(
      table.merchantId,
      table.sourceType,
      table.sourceId,
      table.type,
    ),
  ],
);
