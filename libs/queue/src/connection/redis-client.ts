import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { ClosableRedis } from './closable-redis.js';
import { FailFastRedis } from './fail-fast-redis.js';
import { FailFastCluster, WaitingCluster } from './cluster-client.js';
import type { RedisTarget } from './redis-target.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A blocking read is answered within 10 s, so a server that is silent for longer is gone. */
const SILENCE_MS = 30_000;
/** How long a connection that closes waits for the server to close its side. */
const DISCONNECT_TIMEOUT_MS = 500;

/**
 * How often a command is sent again to an unavailable node. One retry every 100 ms makes a minute;
 * by then a job's lock is lost.
 */
const MAX_REDIRECTIONS = 600;

/** A fail-fast connection, and its duplicates, which wait for Redis. */
export interface RedisConnections {
  readonly producer: Redis | Cluster;
  /** Duplicates that are open. */
  readonly waiting: ReadonlySet<Redis | Cluster>;
}

/**
 * Connects a producer that fails fast: no offline queue, no retry, a time limit for each command.
 * Its duplicates, which BullMQ makes for workers and blocking commands, wait for Redis.
 *
 * @param silenceMs how long a duplicate waits for an answer before it reconnects
 */
export function connect(
  target: RedisTarget,
  timeoutMs: number,
  silenceMs = SILENCE_MS,
): RedisConnections {
  const failFast: RedisOptions = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
  };
  const open = new Set<Redis | Cluster>();
  if (target.kind !== 'cluster') {
    const producer = new FailFastRedis({ ...common(target, 1), ...failFast });
    // 2: after a failover, resend the refused command to the new master.
    producer.duplicate = (own) =>
      whileOpen(open, new ClosableRedis({ ...waiting(silenceMs), ...common(target, 2), ...own }));
    return { producer, waiting: open };
  }
  const producer = createCluster(FailFastCluster, target, failFast, {
    // Follow redirections, but do not wait for a node that is down.
    maxRedirections: 5,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
  });
  // BullMQ passes the producer's own options back; only these two differ.
  producer.duplicate = (_nodes, own: ClusterOptions = {}) => {
    const { lazyConnect = false, redisOptions } = own;
    const connectionName = redisOptions?.connectionName;
    const options = { ...waiting(silenceMs), ...(connectionName && { connectionName }) };
    const clusterOptions = { lazyConnect, maxRedirections: MAX_REDIRECTIONS };
    return whileOpen(open, createCluster(WaitingCluster, target, options, clusterOptions));
  };
  return { producer, waiting: open };
}

/** Creates a connection that waits for Redis. It connects on its first command. */
export function duplicateWaiting(producer: Redis | Cluster): Redis | Cluster {
  return 'slots' in producer
    ? producer.duplicate([], { lazyConnect: true })
    : producer.duplicate({ lazyConnect: true });
}

/** Connects a producer only. */
export function createProducer(target: RedisTarget, timeoutMs: number): Redis | Cluster {
  return connect(target, timeoutMs).producer;
}

function whileOpen<Client extends Redis | Cluster>(
  open: Set<Redis | Cluster>,
  client: Client,
): Client {
  // BullMQ disconnects a connection to interrupt a blocking read, and then opens it again.
  client.on('connecting', () => open.add(client));
  client.on('end', () => open.delete(client));
  open.add(client);
  return client;
}

function waiting(socketTimeout: number): RedisOptions {
  return { maxRetriesPerRequest: null, socketTimeout };
}

/** @param demoted what `reconnectOnError` returns for a master that has become a replica */
function common({ kind, redis }: RedisTarget, demoted: 1 | 2): RedisOptions {
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? demoted : false),
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    ...(kind === 'sentinel' && {
      sentinelCommandTimeout: 2_000,
      sentinelRetryStrategy: reconnectDelay,
      // A hung master closes no connection, so rely on the Sentinels to announce a failover.
      failoverDetector: true,
      sentinelReconnectStrategy: () => 5_000,
    }),
    ...redis,
    retryStrategy: reconnectDelay,
  };
}

function createCluster(
  Client: typeof WaitingCluster,
  { nodes, natMap, redis }: RedisTarget & { readonly kind: 'cluster' },
  connections: RedisOptions,
  options: ClusterOptions = {},
): Cluster {
  return new Client([...nodes], {
    ...options,
    ...(natMap && { natMap: { ...natMap } }),
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: 1_000,
    redisOptions: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      ...connections,
      ...redis,
    },
  });
}

function reconnectDelay(attempt: number): number {
  return Math.min(50 * attempt, 1_000);
}
