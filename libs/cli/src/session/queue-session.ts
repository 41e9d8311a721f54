import { SystemClock, type Clock } from '@loyalnest/core';
import {
  AdminCommands,
  AuditTrail,
  DeadLetters,
  listQueues,
  queueExists,
  QueueNotFoundError,
  RedriveEngine,
  type QueueAdmin,
} from '@loyalnest/queue/operator';
import type { Cluster, Redis } from 'ioredis';
import type { CliContext } from '../command/cli-context.js';
import type { OpenSession, Session } from '../command/session.js';
import { connectRedis } from '../connection/connect-redis.js';
import { redisOptions, type RedisFlags } from '../connection/redis-options.js';

/** The context of a command about queues. */
export type QueueContext = CliContext<QueueSession>;

/** A connection to Redis, and the queues under one prefix. */
export class QueueSession implements Session {
  readonly clock: Clock = new SystemClock();
  readonly audit: AuditTrail;
  readonly commands: AdminCommands;
  private readonly admins = new Map<string, QueueAdmin>();

  constructor(
    readonly redis: Redis | Cluster,
    readonly prefix: string,
  ) {
    this.audit = new AuditTrail({ redis, prefix, clock: this.clock });
    this.commands = new AdminCommands(this.audit);
  }

  /** Names of the queues under the prefix, sorted. Scans the whole keyspace. */
  queues(): Promise<readonly string[]> {
    return listQueues(this.redis, this.prefix);
  }

  /**
   * Opens a queue. Later calls return the same object, because `top` opens its queues at every update.
   *
   * @throws QueueNotFoundError
   */
  async admin(queue: string): Promise<QueueAdmin> {
    // What BullMQ allows. Another service may use names that `defineJob` would refuse.
    const isName = queue !== '' && !queue.includes(':');
    if (!isName || !(await queueExists(this.redis, this.prefix, queue))) {
      const where = `Redis under the prefix ${this.prefix}`;
      throw new QueueNotFoundError(queue, await this.queues(), where);
    }
    const known = this.admins.get(queue);
    if (known) return known;
    const { redis, prefix, clock } = this;
    const letters = DeadLetters.open({ queue, prefix, redis, clock });
    const redrives = new RedriveEngine(letters);
    const admin: QueueAdmin = {
      letters,
      redrives,
      startRedrive: (request) => redrives.start(request),
    };
    this.admins.set(queue, admin);
    return admin;
  }

  async close(): Promise<void> {
    const admins = [...this.admins.values()];
    await Promise.allSettled(admins.map(({ letters }) => letters.source.bull.close()));
    this.redis.disconnect();
  }
}

/**
 * Connects to the Redis that the global options name.
 *
 * @throws OptionError, RedisUnreachableError, InterruptedError
 */
export const openQueueSession: OpenSession<QueueSession> = async (flags, { env, interrupted }) => {
  const { prefix, ...redis } = flags as RedisFlags & { readonly prefix: string };
  return new QueueSession(
    await connectRedis(redisOptions(redis, env), prefix, interrupted),
    prefix,
  );
};
