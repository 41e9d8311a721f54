import { connectOutsideContext, OutageReport } from '@loyalnest/core/toolkit';
import { Logger } from '@nestjs/common';
import { Redis, ReplyError, type RedisOptions } from 'ioredis';
import type { ResolvedCircuitBroadcast } from './circuit-broadcast.options.js';

const COMMAND_TIMEOUT_MS = 500;
/** The subscriber only listens, so TCP keep-alive probes must detect a lost peer. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Two connections to Redis: one publishes and fails fast, the other subscribes and reconnects by
 * itself. An outage is logged once.
 */
export class BroadcastConnection {
  private readonly outage = new OutageReport(new Logger('CircuitBroadcast'), {
    begin:
      "Redis is unavailable, so instances do not see each other's circuits; calls are not affected",
    end: 'Redis is available again',
  });
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private subscribed = false;
  private closed = false;

  constructor(
    private readonly options: ResolvedCircuitBroadcast,
    onMessage: (text: string) => void,
  ) {
    this.publisher = this.connection({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    this.subscriber = this.connection({
      autoResubscribe: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    });
    this.subscriber.on('ready', () => void this.subscribe());
    this.subscriber.on('close', () => {
      this.subscribed = false;
    });
    this.subscriber.on('message', (_channel, text) => onMessage(text));
  }

  /** Starts to connect and returns immediately. */
  open(): void {
    // A failed first attempt also emits 'error', and ioredis connects again.
    for (const redis of [this.publisher, this.subscriber]) redis.connect().catch(() => {});
  }

  /**
   * Publishes without waiting for an unavailable Redis. Never rejects.
   *
   * @returns how many other subscribers Redis delivered to; undefined if it did not answer in time
   */
  async publish(text: string): Promise<number | undefined> {
    if (this.publisher.status !== 'ready') return undefined;
    try {
      const receivers = await this.publisher.publish(this.options.channel, text);
      this.restored();
      return Math.max(0, receivers - (this.subscribed ? 1 : 0));
    } catch (error) {
      this.failed(error as Error);
      // While Redis hangs, unanswered commands would pile up on the connection.
      if (!(error instanceof ReplyError)) this.giveUp();
      return undefined;
    }
  }

  /** Idempotent. */
  close(): void {
    this.closed = true;
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  private connection(options: RedisOptions): Redis {
    const redis = connectOutsideContext(
      new Redis(this.options.url, {
        ...options,
        lazyConnect: true,
        connectTimeout: 5_000,
        disconnectTimeout: COMMAND_TIMEOUT_MS,
        keepAlive: KEEP_ALIVE_MS,
        retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
      }),
    );
    redis.on('error', (error: Error) => this.failed(error));
    // A server that shuts down closes the connection without an error.
    redis.on('close', () => this.failed(new Error('the connection was closed')));
    return redis;
  }

  private async subscribe(): Promise<void> {
    try {
      await this.subscriber.subscribe(this.options.channel);
      this.subscribed = true;
      this.restored();
    } catch (error) {
      this.failed(error as Error);
    }
  }

  private giveUp(): void {
    if (!this.closed && this.publisher.status === 'ready') this.publisher.disconnect(true);
  }

  private failed(error: Error): void {
    if (!this.closed) this.outage.begin(error);
  }

  private restored(): void {
    if (this.subscribed && this.publisher.status === 'ready') this.outage.end();
  }
}
