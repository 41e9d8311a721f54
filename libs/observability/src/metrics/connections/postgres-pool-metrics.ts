import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { connectionName, type ConnectionMetricsOptions } from './connection-metrics.options.js';

/** The part of a `pg` pool that is read. */
export interface ObservedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/**
 * Reports how many connections of a pool are used and idle, how many it may have, and how many
 * queries and transactions wait for one. Sends nothing to Postgres.
 *
 * @example
 * {
 *   provide: PostgresPoolMetrics,
 *   inject: [Pool],
 *   useFactory: (pool: Pool) => new PostgresPoolMetrics(pool),
 * }
 */
export class PostgresPoolMetrics implements MetricSource {
  readonly metricSource: string;
  private readonly name: string;

  /**
   * @param options the name in the label `pool`, `postgres` by default
   * @throws OptionError if the name is not valid
   */
  constructor(
    private readonly pool: ObservedPool,
    options: ConnectionMetricsOptions = {},
  ) {
    this.name = connectionName('PostgresPoolMetrics', options, 'postgres');
    this.metricSource = `postgres pool ${this.name}`;
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    const { totalCount, idleCount, waitingCount, options } = this.pool;
    const pool = this.name;
    const connections = { used: totalCount - idleCount, idle: idleCount };
    return [
      ...Object.entries(connections).map(([state, value]) => ({
        name: 'loyalnest_postgres_connections',
        help: 'Connections of the pool',
        value,
        labels: { pool, state },
      })),
      {
        name: 'loyalnest_postgres_connections_max',
        help: 'Maximum number of connections of the pool',
        value: options.max,
        labels: { pool },
      },
      {
        name: 'loyalnest_postgres_waiting_queries',
        help: 'Queries and transactions that wait for a connection',
        value: waitingCount,
        labels: { pool },
      },
    ];
  }
}
