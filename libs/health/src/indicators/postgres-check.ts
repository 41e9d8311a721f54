import {
  CHECK_HEALTH,
  durationMs,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** The part of a `pg` pool that the check uses. */
export interface PostgresPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  query(query: { readonly text: string; readonly query_timeout: number }): Promise<unknown>;
}

/**
 * Checks that the application's own pool can run a query. It waits for a connection like a request
 * does, so a pool that is exhausted for longer than the timeout is down too.
 *
 * @example
 * { provide: PostgresCheck, inject: [Pool], useFactory: (pool: Pool) => new PostgresCheck(pool) }
 */
export class PostgresCheck implements HealthContributor {
  readonly healthCheck;
  private readonly timeoutMs: number;

  /** @param options `name` is `postgres` by default; soft unless `critical` */
  constructor(
    private readonly pool: PostgresPool,
    options: IndicatorOptions = {},
  ) {
    this.healthCheck = declarationOf('postgres', options);
    this.timeoutMs = durationMs('PostgresCheck.timeout', options.timeout ?? '500ms', { minMs: 1 });
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    // A connection that does not answer is closed at the timeout, so it cannot block the next
    // check.
    await this.pool.query({ text: 'select 1', query_timeout: this.timeoutMs });
    const { totalCount, idleCount, waitingCount } = this.pool;
    return {
      status: 'up',
      observed: { connections: totalCount, idle: idleCount, waiting: waitingCount },
    };
  }
}
