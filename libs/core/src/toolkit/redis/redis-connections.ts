import type { Measurement } from '../../ports/metric-source.js';

/** What is read of a client: `status` and `nodes` are those of ioredis, `isReady` of node-redis. */
export interface ObservedRedis {
  readonly status?: string;
  readonly isReady?: boolean;
  /** Of a cluster: one client for each node. */
  nodes?(): readonly ObservedRedis[];
}

/** ioredis has neither in its types. */
interface Commands {
  readonly commandQueue?: { readonly length: number };
  readonly offlineQueue?: { readonly length: number };
}

/**
 * The connections of a client as they are now. Asks nothing of Redis, so that it tells of an outage.
 *
 * @param client its name, on the label `client`
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
      help: 'Commands that were sent, or will be, and have no answer yet; 0 if the client tells none',
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
