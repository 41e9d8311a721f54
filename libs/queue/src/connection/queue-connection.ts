import {
  CHECK_HEALTH,
  DRAIN,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
  type ShutdownListener,
} from '@loyalnest/core';
import { requireSingleImport } from '@loyalnest/core/toolkit';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ConnectionOptions, QueueOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { once } from 'node:events';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import {
  resolveQueueOptions,
  type QueueModuleOptions,
  type ResolvedQueueOptions,
} from '../queue.options.js';
import { reportOutages } from './outage-report.js';
import { connect, duplicateWaiting, type RedisConnections } from './redis-client.js';

const CLOSE_WITHIN_MS = 2_000;

/**
 * The connections to Redis: to one, to a cluster, or to the master that Sentinel names. Producers
 * share one that fails fast: no offline queue, one try, a time limit for each command. Workers get
 * connections of their own, which wait and come back.
 */
@Injectable()
export class QueueConnection
  implements HealthContributor, Drainable, ShutdownListener, OnApplicationShutdown
{
  readonly options: ResolvedQueueOptions;
  readonly healthCheck: { readonly name: string; readonly critical: boolean };
  /** For commands that must not hang. */
  readonly producer: Redis | Cluster;
  private readonly waiting: RedisConnections['waiting'];
  private draining = false;
  private shared: Redis | Cluster | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    modules: ModulesContainer,
  ) {
    // Before anything connects: a boot that fails must not be kept alive.
    const own = [...modules.values()].find((module) => module.hasProvider(QueueConnection));
    if (own) requireSingleImport(own.metatype, modules.values());
    this.options = resolveQueueOptions(options);
    this.healthCheck = { name: 'redis:queue', critical: this.options.critical };
    const { producer, waiting } = connect(this.options.target, this.options.producerTimeoutMs);
    this.producer = producer;
    this.waiting = waiting;
    reportOutages(this.producer, new Logger('Queue'));
  }

  /** Options of a BullMQ queue that produces over the shared connection. */
  get producerOptions(): QueueOptions {
    return {
      connection: this.producer,
      prefix: this.options.prefix,
      skipWaitingForReady: true,
      skipVersionCheck: true,
    };
  }

  /** What BullMQ makes connections of its own from, which block and wait for Redis to come back. */
  get workerConnection(): ConnectionOptions {
    return this.producer as ConnectionOptions;
  }

  /**
   * One that waits for Redis, for the queues and workers of `@nestjs/bullmq` beside this module: a
   * worker of BullMQ over a connection that fails fast would try again without a pause.
   */
  get sharedConnection(): ConnectionOptions {
    this.shared ??= duplicateWaiting(this.producer);
    return this.shared as ConnectionOptions;
  }

  /** Waits until Redis answers, but no longer than a producer would. */
  async ready(): Promise<void> {
    if (this.producer.status === 'ready') return;
    const giveUp = AbortSignal.timeout(this.options.producerTimeoutMs);
    await once(this.producer, 'ready', { signal: giveUp }).catch(() => {});
  }

  close(): void {
    this.producer.disconnect();
    this.shared?.disconnect();
    // Whoever closes later would wait for Redis to come back.
    for (const client of this.waiting) if (client.status !== 'ready') client.disconnect();
  }

  /**
   * Cuts the connections that wait for Redis unless `closing` settles in time: BullMQ closes a worker
   * with the help of Redis, however long that is away.
   */
  async cutOffUnless(closing: Promise<unknown>): Promise<void> {
    const cutOff = (): void => this.waiting.forEach((client) => client.disconnect());
    const late = setTimeout(cutOff, CLOSE_WITHIN_MS);
    await closing;
    clearTimeout(late);
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    if (this.producer.status !== 'ready') return { status: 'down', code: 'not-connected' };
    // In a cluster this asks the node that has the queues.
    await this.producer.exists(this.options.prefix);
    return { status: 'up' };
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'close-connections', name: 'redis:queue', run: () => this.close() }];
  }

  /**
   * Without a graceful shutdown this is the last chance to close. In one, providers may still
   * enqueue in their own hooks; the connection closes in its phase then.
   */
  onApplicationShutdown(): void {
    if (!this.draining) this.close();
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }
}
