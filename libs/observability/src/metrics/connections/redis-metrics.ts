import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { measureRedis, type ObservedRedis } from '@loyalnest/core/toolkit';
import { connectionName, type ConnectionMetricsOptions } from './connection-metrics.options.js';

/**
 * Reports how many connections of your own client are ready or lost, and how many commands wait for
 * an answer. Sends nothing to Redis. Works with ioredis, for single servers and clusters. With
 * node-redis, the number of waiting commands is always 0.
 *
 * @example
 * {
 *   provide: RedisMetrics,
 *   inject: [Redis],
 *   useFactory: (client: Redis) => new RedisMetrics(client),
 * }
 */
export class RedisMetrics implements MetricSource {
  readonly metricSource: string;
  private readonly name: string;

  /**
   * @param options the name in the label `client`, `redis` by default
   * @throws OptionError if the name is not valid
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
