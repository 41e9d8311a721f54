import {
  DeadlineExceededError,
  CHECK_HEALTH,
  currentContext,
  DRAIN,
  durationMs,
  OBSERVE_METRICS,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
  type Measurement,
  type MetricSource,
  type ShutdownListener,
} from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { PostgresPoolMetrics } from '@loyalnest/observability';
import type { SqlDatabase } from '@loyalnest/outbox';
import { fromDrizzle } from '@loyalnest/outbox/drizzle';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import { FailStopClient } from './fail-stop-client.js';
import { MODULE_OPTIONS_TOKEN } from './postgres.module-definition.js';
import type { PostgresModuleOptions } from './postgres.options.js';
import { saysUnavailable } from './unavailable-cause.js';
import { withoutParameters } from './without-parameters.js';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/** Key of the advisory lock: instances that start together migrate one after the other. */
const MIGRATION_LOCK = 7_230_180_452;
const CONNECT_TIMEOUT_MS = 2_000;
/** How long an instance waits for another one that migrates. */
const MIGRATION_WAIT_MS = 60_000;

/**
 * The service's own Postgres. Work fails within seconds when the server is away or silent, with
 * {@link DatabaseUnavailableError}, and nothing of a transaction that failed so is committed later,
 * unless it was its commit that had no answer. The pool comes back by itself. Past the deadline of
 * the request context nothing begins, also if that passed while all connections were in use.
 */
@Injectable()
export class Database
  implements
    OnModuleInit,
    OnApplicationShutdown,
    Drainable,
    ShutdownListener,
    HealthContributor,
    MetricSource
{
  readonly healthCheck = { name: 'postgres', critical: true };
  readonly metricSource = 'postgres';
  /** For `OutboxModule`: its statements take part in the same transactions and fail the same way. */
  readonly sql: SqlDatabase<Transaction>;
  private readonly orm: NodePgDatabase;
  private readonly pool: Pool;
  private readonly metrics: PostgresPoolMetrics;
  private readonly logger = new Logger('Postgres');
  private draining = false;
  private closing: Promise<void> | undefined;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) private readonly options: PostgresModuleOptions) {
    const { url, maxConnections = 10, queryTimeout = '5s' } = options;
    const queryTimeoutMs = durationMs('postgres.queryTimeout', queryTimeout, { minMs: 1 });
    this.pool = new Pool({
      Client: FailStopClient,
      connectionString: url,
      max: wholeNumber('postgres.maxConnections', maxConnections, { min: 1 }),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      statement_timeout: queryTimeoutMs,
    });
    this.metrics = new PostgresPoolMetrics(this.pool);
    // An idle connection that breaks would end the process without a listener.
    this.pool.on('error', (error) => this.logger.warn(`a connection was lost: ${error.message}`));
    this.orm = drizzle(this.pool, { casing: 'snake_case' });
    const { query, within } = fromDrizzle<Transaction>(this.orm);
    this.sql = {
      within,
      query: (text, values) => this.guard(() => query(text, values)),
      transaction: (work) => this.transaction(work),
    };
  }

  async onModuleInit(): Promise<void> {
    // Not of the pool: a migration may take longer than a query.
    const client = new FailStopClient({
      connectionString: this.options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      lock_timeout: MIGRATION_WAIT_MS,
    });
    await client.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await migrate(drizzle(client), { migrationsFolder: this.options.migrations });
    } finally {
      // Closing the session frees the lock, whatever happened.
      await client.end();
    }
  }

  /**
   * Runs `work` in a transaction.
   *
   * @throws {@link DatabaseUnavailableError}, {@link DeadlineExceededError}
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.guard(() =>
      this.orm.transaction((tx) => {
        // It may have waited for a connection.
        refusePastDeadline();
        return work(tx);
      }),
    );
  }

  /**
   * Runs a query outside of a transaction.
   *
   * @throws {@link DatabaseUnavailableError}, {@link DeadlineExceededError}
   */
  async query<T>(work: (orm: NodePgDatabase) => PromiseLike<T>): Promise<T> {
    return this.guard(async () => await work(this.orm));
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    await this.pool.query('select 1');
    const { totalCount, idleCount, waitingCount } = this.pool;
    return {
      status: 'up',
      observed: { connections: totalCount, idle: idleCount, waiting: waitingCount },
    };
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    return this.metrics[OBSERVE_METRICS]();
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'close-databases', name: 'postgres', run: () => this.close() }];
  }

  /** Without a graceful shutdown this is the last chance; in one, other hooks may still need us. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.draining) await this.close();
  }

  private close(): Promise<void> {
    return (this.closing ??= this.pool.end());
  }

  private async guard<T>(work: () => Promise<T>): Promise<T> {
    refusePastDeadline();
    try {
      return await work();
    } catch (error) {
      const plain = withoutParameters(error);
      throw saysUnavailable(plain) ? new DatabaseUnavailableError(plain) : plain;
    }
  }
}

function refusePastDeadline(): void {
  if (currentContext()?.deadline?.expired) throw new DeadlineExceededError('Postgres', 0);
}
