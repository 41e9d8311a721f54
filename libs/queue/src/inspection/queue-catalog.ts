import type { Cluster, Redis } from 'ioredis';
import { mastersOf, scanKeys } from '../redis/scan-keys.js';

/**
 * Lists the queues under a prefix by name, sorted. It finds each queue by BullMQ's settings key, so no
 * service has to run. It scans the whole keyspace.
 */
export async function listQueues(redis: Redis | Cluster, prefix: string): Promise<string[]> {
  const names = new Set<string>();
  for (const node of mastersOf(redis)) {
    for await (const keys of scanKeys(node, `${prefix}:`, '*:meta')) {
      for (const key of keys) {
        const name = key.slice(prefix.length + 1, -':meta'.length);
        // A queue name has no colon: this key belongs to something inside a queue.
        if (name !== '' && !name.includes(':')) names.add(name);
      }
    }
  }
  return [...names].sort();
}

/** Whether a queue exists under the prefix. Reads one key. */
export async function queueExists(
  redis: Redis | Cluster,
  prefix: string,
  queue: string,
): Promise<boolean> {
  return (await redis.exists(`${prefix}:${queue}:meta`)) === 1;
}
