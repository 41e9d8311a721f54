import { SystemClock, type Clock } from '@loyalnest/core';
import type { Cluster, Redis } from 'ioredis';
import { AdminCommands, type QueueAdmin } from '../admin/admin-commands.js';
import { AuditTrail } from '../admin/audit-trail.js';
import { listQueues, queueExists } from '../admin/queue-catalog.js';
import { QueueNotFoundError } from '../admin/queue-not-found.error.js';
import { createProducer } from '../connection/redis-client.js';
import { resolveTarget, type RedisTarget } from '../connection/redis-target.js';
import type { RedisConnectionOptions } from '../connection/connection.options.js';
import { DeadLetters } from '../dead-letter/dead-letters.js';
import { RedriveEngine } from '../redrive/redrive-engine.js';
import { InterruptedError, unlessInterrupted } from './interrupted.error.js';
import { RedisUnreachableError } from './redis-unreachable.error.js';

const CONNECT_WITHIN_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;

/** Redis and the queues in it, for one command. */
export class CliSession {
  readonly clock: Clock = new SystemClock();
  readonly audit: AuditTrail;
  readonly commands: AdminCommands;
  private readonly admins = new Map<string, QueueAdmin>();

  private constructor(
    readonly redis: Redis | Cluster,
    readonly prefix: string,
  ) {
    this.audit = new AuditTrail({ redis, prefix, clock: this.clock });
    this.commands = new AdminCommands(this.audit);
  }

  /** @throws OptionError, RedisUnreachableError, InterruptedError */
  static async open(
    options: RedisConnectionOptions,
    prefix: string,
    interrupted: AbortSignal,
  ): Promise<CliSession> {
    const target = resolveTarget(options, prefix);
    const redis = createProducer(target, COMMAND_TIMEOUT_MS);
    try {
      await connected(redis, interrupted);
    } catch (error) {
      redis.disconnect();
      if (error instanceof InterruptedError) throw error;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      throw new RedisUnreachableError(addressOf(target), reason, error);
    }
    return new CliSession(redis, prefix);
  }

  queues(): Promise<readonly string[]> {
    return listQueues(this.redis, this.prefix);
  }

  /**
   * The same for every call: `top` asks for it again and again.
   *
   * @throws QueueNotFoundError
   */
  async admin(queue: string): Promise<QueueAdmin> {
    const isName = /^[^:\s]+$/.test(queue);
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

/** Rejects at the first failure: a person waits. */
async function connected(redis: Redis | Cluster, interrupted: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // Later failures show in the commands that meet them.
  redis.on('error', () => {});
  const ready = new Promise<void>((resolve, reject) => {
    redis.once('ready', () => resolve());
    redis.once('error', reject);
    timer = setTimeout(() => reject(new Error('it does not answer')), CONNECT_WITHIN_MS);
  });
  try {
    await unlessInterrupted(ready, interrupted);
  } finally {
    clearTimeout(timer);
  }
  await unlessInterrupted(redis.ping(), interrupted);
}

function addressOf(target: RedisTarget): string {
  if (target.kind === 'single') return `${target.redis.host}:${target.redis.port}`;
  const nodes = target.kind === 'cluster' ? target.nodes : (target.redis.sentinels ?? []);
  return nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}
