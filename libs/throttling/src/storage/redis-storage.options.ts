import type { Duration } from '@loyalnest/core';
import type { Cluster, Redis } from 'ioredis';
import type { MemoryStorageOptions } from './memory-throttling-storage.js';

/** Options of a storage in Redis. */
export interface RedisStorageOptions extends MemoryStorageOptions {
  /**
   * Address of a Redis: `redis://user:password@host:6379/0`, or `rediss://` for TLS. The connection
   * closes last during a shutdown.
   *
   * @defaultValue none: each process keeps its own limits
   */
  readonly url?: string;
  /** An ioredis connection instead of `url`: to one server, Sentinel or a cluster. You close it. */
  readonly connection?: Redis | Cluster;
  /**
   * Start of every key. It needs a part in braces, because all keys must be in one slot of a cluster.
   *
   * @defaultValue '{throttling}'
   */
  readonly prefix?: string;
  /** Max time that a request waits for Redis, up to 1 s. @defaultValue '100ms' */
  readonly timeout?: Duration;
}
