import type { RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';

/** Where Redis is: exactly one of `url`, `cluster` and `sentinel`. */
export interface RedisConnectionOptions {
  /** Address of one Redis: `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  readonly url?: string;
  /** A Redis Cluster. All keys of this module are in one slot of it, that of the prefix. */
  readonly cluster?: RedisClusterOptions;
  /** A Redis whose master is named by Sentinel. */
  readonly sentinel?: RedisSentinelOptions;
  /**
   * For `rediss://`: CA, client certificate and more of `node:tls`, as the content of the files.
   *
   * @defaultValue the CAs of Node and no client certificate
   */
  readonly tls?: ConnectionOptions;
  /** More options of ioredis, such as `keepAlive`; not where Redis is, nor how commands fail. */
  readonly redis?: MoreRedisOptions;
}

export interface RedisClusterOptions {
  /** Some of its nodes, all with one scheme and the same credentials; it names the others. */
  readonly nodes: readonly string[];
  /** Where nodes are reached which give out addresses of another network. */
  readonly natMap?: NatMap;
}

export interface RedisSentinelOptions {
  /** Addresses and credentials of the Sentinels; `rediss://` is TLS to them and to the servers. */
  readonly nodes: readonly string[];
  /** Name under which they watch the master. */
  readonly master: string;
  /** Of the Redis servers. */
  readonly username?: string;
  /** Of the Redis servers. */
  readonly password?: string;
  /** Where servers are reached which give out addresses of another network. */
  readonly natMap?: NatMap;
}

/** From the `host:port` that Redis gives out to where it is reached. */
export type NatMap = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

/** What this module sets itself, as its promises rest on it. */
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

export type MoreRedisOptions = Omit<RedisOptions, (typeof OWN_REDIS_OPTIONS)[number]>;
