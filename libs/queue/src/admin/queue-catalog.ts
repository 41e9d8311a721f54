import type { Cluster, Redis } from 'ioredis';

const SCAN_COUNT = 1_000;

/**
 * Names of the queues that exist under a prefix, sorted. Found by BullMQ's own key of each queue, so
 * that no service has to run; the whole keyspace is scanned for it.
 */
export async function listQueues(redis: Redis | Cluster, prefix: string): Promise<string[]> {
  const names = new Set<string>();
  for (const node of mastersOf(redis)) {
    for await (const keys of scan(node, `${escapePattern(prefix)}:*:meta`, SCAN_COUNT)) {
      for (const key of keys) {
        const name = key.slice(prefix.length + 1, -':meta'.length);
        // A name has no colon; what has one is the key of something in a queue.
        if (name !== '' && !name.includes(':')) names.add(name);
      }
    }
  }
  return [...names].sort();
}

export async function queueExists(
  redis: Redis | Cluster,
  prefix: string,
  queue: string,
): Promise<boolean> {
  return (await redis.exists(`${prefix}:${queue}:meta`)) === 1;
}

/** All nodes that hold keys. */
export function mastersOf(redis: Redis | Cluster): readonly Redis[] {
  return 'nodes' in redis ? redis.nodes('master') : [redis];
}

/** Keys that match a pattern, some more than once. */
export async function* scan(
  node: Redis,
  pattern: string,
  count: number,
): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', count);
    cursor = next;
    yield keys;
  } while (cursor !== '0');
}

/** Characters with a meaning in patterns of Redis; braces have none. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
