import type { Duration } from '@loyalnest/core';
import type { Cluster, Redis } from 'ioredis';
import type { MemoryStorageOptions } from './memory-throttling-storage.js';

export interface RedisStorageOptions extends MemoryStorageOptions {
  /**
   * Address of a Redis: `redis://user:password@host:6379/0`, or `rediss://` for TLS. The connection
   * is closed last in a shutdown.
   *
   * @defaultValue none: each process keeps its own limits
   */
  readonly url?: string;
  /** A connection of ioredis instead of `url`: one, through Sentinel, or a cluster. Its owner closes it. */
  readonly connection?: Redis | Cluster;
  /**
   * Begins the keys. In a cluster they have to be in one slot, so it has a part in braces.
   *
   * @defaultValue '{throttling}'
   */
  readonly prefix?: string;
  /** The longest that a request waits for Redis, up to 1 s. @defaultValue '100ms' */
  readonly timeout?: Duration;
}
