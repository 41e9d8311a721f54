import { durationMs, type Clock, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { SqlDatabase } from './database/sql-database.js';

export interface OutboxModuleOptions {
  /** `fromPg(pool)`, or `fromDrizzle(db)` of `@loyalnest/outbox/drizzle`. */
  // `any`, because only the application knows its transaction type: Outbox<Tx>, Inbox<Tx>.
  readonly database: SqlDatabase<any>;
  /** Create the tables at boot. @defaultValue true */
  readonly migrate?: boolean;
  /** How often the relay looks for new events. @defaultValue '100ms' */
  readonly pollInterval?: Duration;
  /** Events published at once, 1 to 10,000. @defaultValue 100 */
  readonly batchSize?: number;
  /** How long a relay may hold claimed events before another claims them. @defaultValue '30s' */
  readonly lease?: Duration;
  /** How long after publishing an event the relay looks up its job. @defaultValue '5s' */
  readonly confirmAfter?: Duration;
  /** Age of the oldest unpublished event at which health is degraded. @defaultValue '1m' */
  readonly degradedAfter?: Duration;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
}

export interface ResolvedOutboxOptions {
  readonly pollMs: number;
  readonly batchSize: number;
  readonly leaseMs: number;
  readonly confirmAfterMs: number;
  readonly degradedAfterMs: number;
}

export function resolveOutboxOptions(options: OutboxModuleOptions): ResolvedOutboxOptions {
  const ms = (name: keyof OutboxModuleOptions, fallback: Duration): number =>
    durationMs(`outbox.${name}`, options[name] ?? fallback, { minMs: 1 });
  return {
    pollMs: ms('pollInterval', '100ms'),
    batchSize: wholeNumber('outbox.batchSize', options.batchSize ?? 100, { min: 1, max: 10_000 }),
    leaseMs: ms('lease', '30s'),
    confirmAfterMs: ms('confirmAfter', '5s'),
    degradedAfterMs: ms('degradedAfter', '1m'),
  };
}
