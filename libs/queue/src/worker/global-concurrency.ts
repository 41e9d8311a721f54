import type { Cluster, Redis } from 'ioredis';
import type { RegisteredQueue } from '../queue-registry.js';

/**
 * Stores the global concurrency that queues declare and removes one that is not declared any more.
 * Only services with handlers do it, which are deployed with their queue's declaration. Stored anew
 * whenever Redis is back, as it may be another one by then.
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
