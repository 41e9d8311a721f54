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
import { requireSingleImport, runOutsideContext } from '@loyalnest/core/toolkit';
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
 * The connections to Redis: a single server, a cluster, or the master that Sentinel announces.
 * Producers share one connection that fails fast: no offline queue, no retry, a time limit for each
 * command. Each worker gets its own connections, which wait for Redis and reconnect.
 */
@Injectable()
export class QueueConnection
  implements HealthContributor, Drainable, ShutdownListener, OnApplicationShutdown
{
  readonly options: ResolvedQueueOptions;
  readonly healthCheck: { readonly name: string; readonly critical: boolean };
  /** The fail-fast connection, for commands that must not hang. */
  readonly producer: Redis | Cluster;
  private readonly waiting: RedisConnections['waiting'];
  private draining = false;
  private shared: Redis | Cluster | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    modules: ModulesContainer,
  ) {
    // Check before anything connects: an open connection would keep a failed boot alive.
    const own = [...modules.values()].find((module) => module.hasProvider(QueueConnection));
    if (own) requireSingleImport(own.metatype, modules.values());
    this.options = resolveQueueOptions(options);
    this.healthCheck = { name: 'redis:queue', critical: this.options.critical };
    const { target, producerTimeoutMs } = this.options;
    const { producer, waiting } = runOutsideContext(() => connect(target, producerTimeoutMs));
    this.producer = producer;
    this.waiting = waiting;
    reportOutages(this.producer, new Logger('Queue'));
  }

  /** Options of a BullMQ queue that uses the fail-fast connection. */
  get producerOptions(): QueueOptions {
    return {
      connection: this.producer,
      prefix: this.options.prefix,
      skipWaitingForReady: true,
      skipVersionCheck: true,
    };
  }

  /**
   * The connection that BullMQ duplicates for a worker. The duplicates wait for Redis to come back.
   */
  get workerConnection(): ConnectionOptions {
    return this.producer as ConnectionOptions;
  }

  /**
   * A connection that waits for Redis, for other queues and workers of `@nestjs/bullmq`. On a
   * fail-fast connection a BullMQ worker would retry without a pause.
   */
  get sharedConnection(): ConnectionOptions {
    this.shared ??= runOutsideContext(() => duplicateWaiting(this.producer));
    return this.shared as ConnectionOptions;
  }

  /** Waits until Redis is connected, for at most `producerTimeout`. Never rejects. */
  async ready(): Promise<void> {
    if (this.producer.status === 'ready') return;
    const giveUp = AbortSignal.timeout(this.options.producerTimeoutMs);
    await once(this.producer, 'ready', { signal: giveUp }).catch(() => {});
  }

  close(): void {
    this.producer.disconnect();
    this.shared?.disconnect();
    // Closing these later would wait for Redis to come back.
    for (const client of this.waiting) if (client.status !== 'ready') client.disconnect();
  }

  /**
   * Disconnects the waiting connections unless `closing` settles within 2 seconds. BullMQ needs
   * Redis to close a worker and would wait for as long as Redis is unavailable.
   */
  async cutOffUnless(closing: Promise<unknown>): Promise<void> {
    const cutOff = (): void => this.waiting.forEach((client) => client.disconnect());
    const late = setTimeout(cutOff, CLOSE_WITHIN_MS);
    await closing;
    clearTimeout(late);
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    if (this.producer.status !== 'ready') return { status: 'down', code: 'not-connected' };
    // In a cluster this command goes to the node that holds the queues.
    await this.producer.exists(this.options.prefix);
    return { status: 'up' };
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'close-connections', name: 'redis:queue', run: () => this.close() }];
  }

  /**
   * Closes the connections if no graceful shutdown is running. In a graceful shutdown, providers
   * may still enqueue in their own hooks, so the connections close later, in the drain phase.
   */
  onApplicationShutdown(): void {
    if (!this.draining) this.close();
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }
}
