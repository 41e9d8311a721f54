import type { Cluster, Redis } from 'ioredis';
import type { RegisteredQueue } from '../queue-registry.js';

/**
 * Stores the global concurrency that queues declare, and removes it from queues that declare none.
 * Only services with handlers do this, because they are deployed together with the declaration. It
 * is stored again whenever Redis reconnects, as the server may be a different one by then.
 */
export function keepGlobalConcurrency(
  redis: Redis | Cluster,
  queues: readonly RegisteredQueue[],
): void {
  const store = (): void => {
    for (const { bull, globalConcurrency } of queues) {
      const stored =
        globalConcurrency === undefined
          ? bull.removeGlobalConcurrency()
          : bull.setGlobalConcurrency(globalConcurrency);
      stored.catch(() => undefined);
    }
  };
  redis.on('ready', store);
  if (redis.status === 'ready') store();
}
