import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { ClosableRedis } from './closable-redis.js';
import { FailFastRedis } from './fail-fast-redis.js';
import { FailFastCluster, WaitingCluster } from './cluster-client.js';
import type { RedisTarget } from './redis-target.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A blocking read answers after 10 s at the latest; whoever is silent for longer is gone. */
const SILENCE_MS = 30_000;
/** A closed connection waits this long for its peer to agree. */
const DISCONNECT_TIMEOUT_MS = 500;

/**
 * How often a command is sent again to a node that is away, each 100 ms: for a minute, by when the
 * lock of a job is lost.
 */
const MAX_REDIRECTIONS = 600;

/** A connection that fails fast, and those that were made from it, which wait. */
export interface RedisConnections {
  readonly producer: Redis | Cluster;
  /** The open ones. */
  readonly waiting: ReadonlySet<Redis | Cluster>;
}

/**
 * The producer fails fast: no offline queue, one try, a time limit for each command. What BullMQ
 * duplicates from it, for everything that blocks, waits for Redis to come back.
 *
 * @param silenceMs a connection that waits for an answer for longer is made anew
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
    // 2: the command that met a demoted master is sent again, to the new one.
    producer.duplicate = (own) =>
      whileOpen(open, new ClosableRedis({ ...waiting(silenceMs), ...common(target, 2), ...own }));
    return { producer, waiting: open };
  }
  const producer = createCluster(FailFastCluster, target, failFast, {
    // Redirections are no failures; a node that is down is one.
    maxRedirections: 5,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
  });
  // Of the options that come with it only these two are not the producer's.
  producer.duplicate = (_nodes, own: ClusterOptions = {}) => {
    const { lazyConnect = false, redisOptions } = own;
    const connectionName = redisOptions?.connectionName;
    const options = { ...waiting(silenceMs), ...(connectionName && { connectionName }) };
    const manner = { lazyConnect, maxRedirections: MAX_REDIRECTIONS };
    return whileOpen(open, createCluster(WaitingCluster, target, options, manner));
  };
  return { producer, waiting: open };
}

/** A connection that waits for Redis, and connects when it is first used. */
export function duplicateWaiting(producer: Redis | Cluster): Redis | Cluster {
  return 'slots' in producer
    ? producer.duplicate([], { lazyConnect: true })
    : producer.duplicate({ lazyConnect: true });
}

/** A producer alone. */
export function createProducer(target: RedisTarget, timeoutMs: number): Redis | Cluster {
  return connect(target, timeoutMs).producer;
}

function whileOpen<Client extends Redis | Cluster>(
  open: Set<Redis | Cluster>,
  client: Client,
): Client {
  // BullMQ ends a connection to cut off a blocking read, and opens it again.
  client.on('connecting', () => open.add(client));
  client.on('end', () => open.delete(client));
  open.add(client);
  return client;
}

function waiting(socketTimeout: number): RedisOptions {
  return { maxRetriesPerRequest: null, socketTimeout };
}

/** @param demoted what to do about a master that has become a replica, as `reconnectOnError` says it */
function common({ kind, redis }: RedisTarget, demoted: 1 | 2): RedisOptions {
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? demoted : false),
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    ...(kind === 'sentinel' && {
      sentinelCommandTimeout: 2_000,
      sentinelRetryStrategy: reconnectDelay,
      // A master that hangs closes no connection; the Sentinels tell that it is one no more.
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
