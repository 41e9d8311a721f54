import {
  CHECK_HEALTH,
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
  type ShutdownListener,
} from '@loyalnest/core';
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
import { MODULE_OPTIONS_TOKEN } from './postgres.module-definition.js';
import type { PostgresModuleOptions } from './postgres.options.js';
import { saysUnavailable } from './unavailable-cause.js';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/** Key of the advisory lock: instances that start together migrate one after the other. */
const MIGRATION_LOCK = 7_230_180_452;
const CONNECT_TIMEOUT_MS = 2_000;
const QUERY_TIMEOUT_MS = 5_000;

/**
 * The service's own Postgres. Work fails within seconds when the server is away or silent, with
 * {@link DatabaseUnavailableError}; the pool comes back by itself.
 */
@Injectable()
export class Database
  implements OnModuleInit, OnApplicationShutdown, Drainable, ShutdownListener, HealthContributor
{
  readonly healthCheck = { name: 'postgres', critical: true };
  readonly orm: NodePgDatabase;
  private readonly pool: Pool;
  private readonly logger = new Logger('Postgres');
  private draining = false;
  private closing: Promise<void> | undefined;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) private readonly options: PostgresModuleOptions) {
    this.pool = new Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      statement_timeout: QUERY_TIMEOUT_MS,
    });
    // An idle connection that breaks would end the process without a listener.
    this.pool.on('error', (error) => this.logger.warn(`a connection was lost: ${error.message}`));
    this.orm = drizzle(this.pool, { casing: 'snake_case' });
  }

  async onModuleInit(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await migrate(drizzle(client), { migrationsFolder: this.options.migrations });
    } finally {
      // Closing the session frees the lock, whatever happened.
      client.release(true);
    }
  }

  /** Runs `work` in a transaction. @throws {@link DatabaseUnavailableError} */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.guard(() => this.orm.transaction(work));
  }

  /** Runs a query outside of a transaction. @throws {@link DatabaseUnavailableError} */
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
    try {
      return await work();
    } catch (error) {
      throw saysUnavailable(error) ? new DatabaseUnavailableError(error) : error;
    }
  }
}
