import {
  CHECK_HEALTH,
  DRAIN,
  ON_SHUTDOWN,
  OptionError,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
  type ShutdownListener,
} from '@loyalnest/core';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ConnectionOptions, QueueOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import {
  resolveQueueOptions,
  type QueueModuleOptions,
  type ResolvedQueueOptions,
} from '../queue.options.js';

/**
 * The connections to Redis. Producers share one that fails fast: no offline queue, one try, a time
 * limit for each command. Workers get connections of their own, which wait and come back.
 */
@Injectable()
export class QueueConnection
  implements HealthContributor, Drainable, ShutdownListener, OnApplicationShutdown
{
  readonly options: ResolvedQueueOptions;
  readonly healthCheck: { readonly name: string; readonly critical: boolean };
  /** For commands that must not hang. */
  readonly producer: Redis;
  private readonly logger = new Logger('Queue');
  private draining = false;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    modules: ModulesContainer,
  ) {
    // Before anything connects: a boot that fails must not be kept alive.
    const imports = [...modules.values()].filter((module) => module.hasProvider(QueueConnection));
    if (imports.length > 1) {
      throw new OptionError('QueueModule.forRoot', imports.length, 'import it once');
    }
    this.options = resolveQueueOptions(options);
    this.healthCheck = { name: 'redis:queue', critical: this.options.critical };
    checkUrl(this.options.url);
    this.producer = new Redis(this.options.url, {
      ...this.options.redis,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: this.options.producerTimeoutMs,
      connectTimeout: 5_000,
      retryStrategy: reconnectDelay,
    });
    this.reportErrors();
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

  /** Options of a connection that blocks and waits for Redis to come back. */
  get workerConnection(): ConnectionOptions {
    const { url, redis } = this.options;
    return {
      ...redis,
      url,
      maxRetriesPerRequest: null,
      retryStrategy: reconnectDelay,
    } as ConnectionOptions;
  }

  /** Waits until Redis answers, but no longer than a producer would. */
  async ready(): Promise<void> {
    if (this.producer.status === 'ready') return;
    const giveUp = AbortSignal.timeout(this.options.producerTimeoutMs);
    await once(this.producer, 'ready', { signal: giveUp }).catch(() => {});
  }

  close(): void {
    this.producer.disconnect();
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    if (this.producer.status !== 'ready') return { status: 'down', code: 'not-connected' };
    await this.producer.ping();
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

  /** One line when Redis goes away and one when it is back, not one for each attempt. */
  private reportErrors(): void {
    let away = false;
    this.producer.on('error', (error: Error) => {
      if (!away) this.logger.warn(`Redis is away: ${error.message}`);
      away = true;
    });
    this.producer.on('ready', () => {
      if (away) this.logger.log('Redis is back');
      away = false;
    });
  }
}

function reconnectDelay(attempt: number): number {
  return Math.min(50 * attempt, 1_000);
}

function checkUrl(url: unknown): void {
  if (typeof url === 'string' && /^rediss?:\/\//.test(url) && URL.canParse(url)) return;
  throw new OptionError('queue.url', url, 'use an address such as redis://localhost:6379');
}
