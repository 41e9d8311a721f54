import { createRedisBackend, type BackendFactory, type RedisQueueBackend } from 'bullmq';

/**
 * Gives a worker connections of its own for all that it does, which wait for Redis to come back. By
 * itself BullMQ makes only the blocking one: it would take jobs over the producers' connection, which
 * fails fast, and try again without a pause - a loop that lets no connection come back.
 */
export const waitingBackend: BackendFactory<RedisQueueBackend> = (name, options, connections) =>
  createRedisBackend(name, options, { ...connections, blocking: true });
