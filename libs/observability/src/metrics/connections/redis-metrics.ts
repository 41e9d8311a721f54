import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { measureRedis, type ObservedRedis } from '@loyalnest/core/toolkit';
import { connectionName, type ConnectionMetricsOptions } from './connection-metrics.options.js';

/**
 * How many connections of a client of your own are ready or lost, and how many commands wait for an
 * answer. Asks nothing of Redis. For clients of ioredis, of one server or of a cluster; of node-redis
 * the commands are not known.
 *
 * @example
 * { provide: RedisMetrics, inject: [Redis], useFactory: (client: Redis) => new RedisMetrics(client) }
 */
export class RedisMetrics implements MetricSource {
  readonly metricSource: string;
  private readonly name: string;

  /**
   * @param options named `redis` unless told otherwise, on the label `client`
   * @throws OptionError
   */
  constructor(
    private readonly client: ObservedRedis,
    options: ConnectionMetricsOptions = {},
  ) {
    this.name = connectionName('RedisMetrics', options, 'redis');
    this.metricSource = `redis client ${this.name}`;
  }

  [OBSERVE_METRICS](): readonly Measurement[] {
    return measureRedis(this.client, this.name);
  }
}
