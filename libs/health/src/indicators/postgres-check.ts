import {
  CHECK_HEALTH,
  durationMs,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** What is used of a pool of `pg`. */
export interface PostgresPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  query(query: { readonly text: string; readonly query_timeout: number }): Promise<unknown>;
}

/**
 * Whether the application's own pool can run a query. It waits for a connection as a request would:
 * a pool whose connections are all taken for longer than the time limit is down too.
 *
 * @example
 * { provide: PostgresCheck, inject: [Pool], useFactory: (pool: Pool) => new PostgresCheck(pool) }
 */
export class PostgresCheck implements HealthContributor {
  readonly healthCheck;
  private readonly timeoutMs: number;

  /** @param options named `postgres` unless told otherwise; soft unless `critical` */
  constructor(
    private readonly pool: PostgresPool,
    options: IndicatorOptions = {},
  ) {
    this.healthCheck = declarationOf('postgres', options);
    this.timeoutMs = durationMs('PostgresCheck.timeout', options.timeout ?? '500ms', { minMs: 1 });
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    // A connection that does not answer is closed at the limit, and cannot hold the next check up.
    await this.pool.query({ text: 'select 1', query_timeout: this.timeoutMs });
    const { totalCount, idleCount, waitingCount } = this.pool;
    return {
      status: 'up',
      observed: { connections: totalCount, idle: idleCount, waiting: waitingCount },
    };
  }
}
