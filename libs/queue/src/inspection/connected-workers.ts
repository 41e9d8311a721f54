import type { Cluster, Redis } from 'ioredis';
import { mastersOf } from '../redis/scan-keys.js';

/**
 * Lists the queues that connected workers wait for, sorted, whether or not the queue exists. Undefined
 * if this Redis does not list its clients.
 */
export async function queuesWithWorkers(
  redis: Redis | Cluster,
  prefix: string,
): Promise<readonly string[] | undefined> {
  const queues = new Set<string>();
  try {
    for (const node of mastersOf(redis)) {
      const list = (await node.client('LIST')) as string;
      for (const [, name] of list.matchAll(/(?:^| )name=(\S+)/gm)) {
        const queue = queueOf(name!, prefix);
        if (queue !== undefined) queues.add(queue);
      }
    }
  } catch {
    return undefined;
  }
  return [...queues].sort();
}

/** BullMQ names a connection `prefix:base64(queue)`, sometimes with a suffix. */
function queueOf(name: string, prefix: string): string | undefined {
  if (!name.startsWith(`${prefix}:`)) return undefined;
  const encoded = name.slice(prefix.length + 1).split(':', 1)[0]!;
  const queue = Buffer.from(encoded, 'base64').toString();
  return Buffer.from(queue).toString('base64') === encoded ? queue : undefined;
}
