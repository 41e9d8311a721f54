import type { Cluster, Redis } from 'ioredis';

const SCAN_COUNT = 1_000;

/** All nodes that hold keys: the masters of a cluster, or the single server. */
export function mastersOf(redis: Redis | Cluster): readonly Redis[] {
  return 'nodes' in redis ? redis.nodes('master') : [redis];
}

/** The keys of one node that start with `prefix`, in batches. Redis may return a key twice. */
export async function* scanKeys(
  node: Redis,
  prefix: string,
  ending = '*',
): AsyncGenerator<readonly string[]> {
  const pattern = `${escapePattern(prefix)}${ending}`;
  let cursor = '0';
  do {
    const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    cursor = next;
    yield keys;
  } while (cursor !== '0');
}

/** Escapes the special characters of a Redis pattern. Braces are not special. */
function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
