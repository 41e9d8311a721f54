import type { Measurement } from '../../ports/metric-source.js';

/** The part of a client that is read: `status` and `nodes` of ioredis, `isReady` of node-redis. */
export interface ObservedRedis {
  readonly status?: string;
  readonly isReady?: boolean;
  /** The clients of a cluster, one for each node. */
  nodes?(): readonly ObservedRedis[];
}

/** The types of ioredis do not have these fields. */
interface Commands {
  readonly commandQueue?: { readonly length: number };
  readonly offlineQueue?: { readonly length: number };
}

/**
 * Measures the connections of a client. Sends nothing to Redis, so it works during an outage.
 *
 * @param client value of the label `client`
 */
export function measureRedis(redis: ObservedRedis, client: string): readonly Measurement[] {
  const nodes = redis.nodes?.() ?? [redis];
  const ready = nodes.filter(isReady).length;
  const connections = { ready, lost: nodes.length - ready };
  return [
    ...Object.entries(connections).map(([state, value]) => ({
      name: 'loyalnest_redis_connections',
      help: 'Connections of a client by whether they are ready',
      value,
      labels: { client, state },
    })),
    {
      name: 'loyalnest_redis_waiting_commands',
      help: 'Commands without an answer, sent or waiting; 0 if the client does not report them',
      value: nodes.reduce((sum, node) => sum + waitingCommands(node), 0),
      labels: { client },
    },
  ];
}

function isReady({ status, isReady: ready = status === 'ready' }: ObservedRedis): boolean {
  return ready;
}

function waitingCommands(node: ObservedRedis): number {
  const { commandQueue, offlineQueue } = node as Commands;
  return (commandQueue?.length ?? 0) + (offlineQueue?.length ?? 0);
}
