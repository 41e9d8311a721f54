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
import { refusedValue, ValueRefusedError } from './value-refused.error.js';
import { FailStopClient } from './fail-stop-client.js';
import { MODULE_OPTIONS_TOKEN } from './postgres.module-definition.js';
import type { PostgresModuleOptions } from './postgres.options.js';
import { saysUnavailable } from './unavailable-cause.js';
import { withoutParameters } from './without-parameters.js';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/** Key of the advisory lock. Instances that start together migrate one after the other. */
const MIGRATION_LOCK = 7_230_180_452;
const CONNECT_TIMEOUT_MS = 2_000;
/** How long an instance waits while another one migrates. */
const MIGRATION_WAIT_MS = 60_000;

/**
 * The service's own Postgres. If the server is unavailable or silent, work fails within seconds
 * with {@link DatabaseUnavailableError}, and nothing of the failed transaction is committed later,
 * unless it was the commit itself that got no answer. The pool reconnects by itself. No work starts
 * after the deadline of the request context, even if that passed while all connections were in use.
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
  /** For `OutboxModule`: its statements join the same transactions and fail in the same way. */
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
    // Without a listener, a broken idle connection would crash the process.
    this.pool.on('error', (error) => this.logger.warn(`lost an idle connection: ${error.message}`));
    this.orm = drizzle(this.pool, { casing: 'snake_case' });
    const { query, within } = fromDrizzle<Transaction>(this.orm);
    this.sql = {
      within,
      query: (text, values) => this.guard(() => query(text, values)),
      transaction: (work) => this.transaction(work),
    };
  }

  async onModuleInit(): Promise<void> {
    // Not from the pool: a migration may take longer than a query.
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
      // Closing the session always releases the lock.
      await client.end();
    }
  }

  /**
   * Runs `work` in a transaction.
   *
   * @throws {@link DatabaseUnavailableError}, {@link ValueRefusedError}, {@link DeadlineExceededError}
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.guard(() =>
      this.orm.transaction((tx) => {
        // The deadline may have passed while waiting for a connection.
        refusePastDeadline();
        return work(tx);
      }),
    );
  }

  /**
   * Runs a query outside of a transaction.
   *
   * @throws {@link DatabaseUnavailableError}, {@link ValueRefusedError}, {@link DeadlineExceededError}
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

  /** Closes the pool, unless a graceful shutdown does so later: other hooks may still need it. */
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
      if (saysUnavailable(plain)) throw new DatabaseUnavailableError(plain);
      throw refusedValue(plain) ? new ValueRefusedError(plain) : plain;
    }
  }
}

function refusePastDeadline(): void {
  const deadline = currentContext()?.deadline;
  if (deadline?.expired) throw new DeadlineExceededError('Postgres', 0, deadline.source);
}
