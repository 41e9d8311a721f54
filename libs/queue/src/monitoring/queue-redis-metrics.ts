import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { measureRedis } from '@loyalnest/core/toolkit';
import { Injectable } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';

/** Measures the state of the connection that producers share. With Redis Cluster it has several. */
@Injectable()
export class QueueRedisMetrics implements MetricSource {
  readonly metricSource = 'queue-redis';

  constructor(private readonly connection: QueueConnection) {}

  [OBSERVE_METRICS](): readonly Measurement[] {
    return measureRedis(this.connection.producer, 'queue');
  }
}
