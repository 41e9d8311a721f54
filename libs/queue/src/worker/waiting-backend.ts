import { createRedisBackend, type BackendFactory, type RedisQueueBackend } from 'bullmq';

/**
 * Gives a worker its own waiting connection for all commands. By default BullMQ only duplicates the
 * connection for blocking reads and takes jobs over the producers' fail-fast connection. During an
 * outage the worker would then retry without a pause, and that busy loop would block reconnecting.
 */
export const waitingBackend: BackendFactory<RedisQueueBackend> = (name, options, connections) =>
  createRedisBackend(name, options, { ...connections, blocking: true });
