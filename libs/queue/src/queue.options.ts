import { durationMs, wholeNumber, type Clock, type Duration } from '@loyalnest/core';
import type { RedisOptions } from 'ioredis';

export interface QueueModuleOptions {
  /** Address of Redis: `redis://`, `rediss://` for TLS. */
  readonly url: string;
  /** More options of ioredis, such as `tls`. */
  readonly redis?: RedisOptions;
  /** Prefix of all keys; the braces keep a queue in one slot of a cluster. @defaultValue '{loyalnest}' */
  readonly prefix?: string;
  /** How long enqueueing may take before it fails. @defaultValue '500ms' */
  readonly producerTimeout?: Duration;
  /** Largest payload in bytes of its JSON. @defaultValue 65536 */
  readonly payloadLimitBytes?: number;
  /** How long completed jobs are kept, for duplicates and for the outbox to see them. @defaultValue '1d' */
  readonly keepCompleted?: Duration;
  /** Whether the service is unready while Redis is away. @defaultValue false */
  readonly critical?: boolean;
  readonly clock?: Clock;
}

export interface ResolvedQueueOptions {
  readonly url: string;
  readonly redis: RedisOptions;
  readonly prefix: string;
  readonly producerTimeoutMs: number;
  readonly payloadLimitBytes: number;
  readonly keepCompletedMs: number;
  readonly critical: boolean;
}

export function resolveQueueOptions(options: QueueModuleOptions): ResolvedQueueOptions {
  const { redis = {}, prefix = '{loyalnest}', critical = false } = options;
  return {
    url: options.url,
    redis,
    prefix,
    critical,
    producerTimeoutMs: durationMs('queue.producerTimeout', options.producerTimeout ?? '500ms', {
      minMs: 1,
    }),
    payloadLimitBytes: wholeNumber(
      'queue.payloadLimitBytes',
      options.payloadLimitBytes ?? 64 * 1024,
      { min: 1 },
    ),
    keepCompletedMs: durationMs('queue.keepCompleted', options.keepCompleted ?? '1d', {
      minMs: 60_000,
    }),
  };
}
