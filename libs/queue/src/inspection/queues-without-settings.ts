import type { Cluster, Redis } from 'ioredis';
import { mastersOf, scanKeys } from '../redis/scan-keys.js';

/** BullMQ creates these keys only for a queue that has jobs. */
const WITH_JOBS = /^(wait|active|paused|delayed|prioritized|completed|failed)$/;

/**
 * Finds queues that have jobs but lost BullMQ's settings key, sorted. `listQueues` cannot see them. It
 * scans the whole keyspace.
 *
 * @param known the queues that `listQueues` found
 */
export async function queuesWithoutSettings(
  redis: Redis | Cluster,
  prefix: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const lost = new Set<string>();
  for (const node of mastersOf(redis)) {
    for await (const keys of scanKeys(node, `${prefix}:`)) {
      for (const key of keys) {
        const [queue = '', name = '', ...more] = key.slice(prefix.length + 1).split(':');
        if (more.length === 0 && WITH_JOBS.test(name) && !known.includes(queue)) lost.add(queue);
      }
    }
  }
  return [...lost].sort();
}
