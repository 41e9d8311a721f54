import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';
import { QueueConnection } from '../connection/queue-connection.js';

/** ioredis names neither in its types. */
interface Commands {
  readonly commandQueue?: { readonly length: number };
  readonly offlineQueue?: { readonly length: number };
}

/**
 * State of the connection that producers share; one of Redis Cluster has several. Asks nothing of
 * Redis, so that it tells of an outage.
 */
@Injectable()
export class QueueRedisMetrics implements MetricSource {
  readonly metricSource = 'queue-redis';

  constructor(private readonly connection: QueueConnection) {}

  [OBSERVE_METRICS](): readonly Measurement[] {
    const { producer } = this.connection;
    const nodes = producer instanceof Cluster ? producer.nodes() : [producer];
    const connected = nodes.filter(({ status }) => status === 'ready').length;
    const labels = { client: 'queue' };
    return [
      {
        name: 'loyalnest_redis_connections',
        help: 'Connections of a client by whether they are ready',
        value: connected,
        labels: { ...labels, state: 'ready' },
      },
      {
        name: 'loyalnest_redis_connections',
        help: 'Connections of a client by whether they are ready',
        value: nodes.length - connected,
        labels: { ...labels, state: 'lost' },
      },
      {
        name: 'loyalnest_redis_waiting_commands',
        help: 'Commands that were sent, or will be, and have no answer yet',
        value: nodes.reduce((sum, node) => sum + waitingCommands(node), 0),
        labels,
      },
    ];
  }
}

function waitingCommands(node: Redis): number {
  const { commandQueue, offlineQueue } = node as unknown as Commands;
  return (commandQueue?.length ?? 0) + (offlineQueue?.length ?? 0);
}
