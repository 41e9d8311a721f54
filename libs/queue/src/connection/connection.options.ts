import type { RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';

/** How to connect to Redis. Set exactly one of `url`, `cluster` and `sentinel`. */
export interface RedisConnectionOptions {
  /**
   * Address of a single Redis server: `redis://user:password@host:6379/0`, or `rediss://` for TLS.
   */
  readonly url?: string;
  /** A Redis Cluster. All keys of this module are in one slot, which the prefix determines. */
  readonly cluster?: RedisClusterOptions;
  /** A Redis master that Sentinel announces. */
  readonly sentinel?: RedisSentinelOptions;
  /**
   * TLS options of `node:tls` for `rediss://`, such as the CA and the client certificate. Pass the
   * content of PEM files, not their paths.
   *
   * @defaultValue Node's own CAs, and no client certificate
   */
  readonly tls?: ConnectionOptions;
  /** More ioredis options, such as `keepAlive`, except those that this module sets itself. */
  readonly redis?: MoreRedisOptions;
}

/** A Redis Cluster to connect to. */
export interface RedisClusterOptions {
  /**
   * Addresses of some nodes, with the same scheme and credentials; the cluster announces the
   * others.
   */
  readonly nodes: readonly string[];
  /** Needed if the nodes announce addresses that are not reachable from here. */
  readonly natMap?: NatMap;
}

/** A Redis master behind Sentinels. */
export interface RedisSentinelOptions {
  /**
   * Addresses and credentials of the Sentinels. `rediss://` uses TLS to them and to the servers.
   */
  readonly nodes: readonly string[];
  /** Name of the master in the Sentinels' configuration. */
  readonly master: string;
  /** User of the Redis servers. */
  readonly username?: string;
  /** Password of the Redis servers. */
  readonly password?: string;
  /** Needed if the servers announce addresses that are not reachable from here. */
  readonly natMap?: NatMap;
}

/** Maps each `host:port` that Redis announces to the address at which it is reachable. */
export type NatMap = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

/** The ioredis options that this module sets itself, because its guarantees depend on them. */
export const OWN_REDIS_OPTIONS = [
  'host',
  'port',
  'path',
  'sentinels',
  'name',
  'tls',
  'keyPrefix',
  'lazyConnect',
  'enableOfflineQueue',
  'maxRetriesPerRequest',
  'commandTimeout',
  'retryStrategy',
] as const satisfies readonly (keyof RedisOptions)[];

/** The ioredis options that an application may set. */
export type MoreRedisOptions = Omit<RedisOptions, (typeof OWN_REDIS_OPTIONS)[number]>;
