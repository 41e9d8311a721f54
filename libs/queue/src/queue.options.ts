import { durationMs, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { RedisConnectionOptions } from './connection/connection.options.js';
import { resolveTarget, type RedisTarget } from './connection/redis-target.js';
import {
  resolveDeadLetterOptions,
  type DeadLetterOptions,
  type ResolvedDeadLetterOptions,
} from './dead-letter/retention/dead-letter-retention.js';
import {
  resolveThrottling,
  type ResolvedThrottling,
  type ThrottlingOptions,
} from './throttling/throttling.options.js';

/** Options of `QueueModule.forRoot`. */
export interface QueueModuleOptions extends RedisConnectionOptions {
  /**
   * Prefix of all keys. The braces keep all keys in one cluster slot.
   *
   * @defaultValue '{loyalnest}'
   */
  readonly prefix?: string;
  /** How long an enqueue may take before it fails. @defaultValue '500ms' */
  readonly producerTimeout?: Duration;
  /** Max size of a payload's JSON in bytes. @defaultValue 65536 */
  readonly payloadLimitBytes?: number;
  /**
   * How long completed jobs are kept. During that time duplicates are detected, and the outbox sees
   * that a job has completed.
   *
   * @defaultValue '1d'
   */
  readonly keepCompleted?: Duration;
  /**
   * Whether the service reports itself not ready while Redis is unavailable.
   *
   * @defaultValue false
   */
  readonly critical?: boolean;
  /**
   * The `queues` health check is degraded once the oldest waiting job is this old.
   *
   * @defaultValue '5m'
   */
  readonly degradedAfter?: Duration;
  /**
   * How long a job with an unknown name or version waits for a service that can run it, before it
   * becomes a dead letter. With 0 it becomes one at once.
   *
   * @defaultValue '10m'
   */
  readonly unknownNameFor?: Duration;
  /** Plans of merchants. Required by queues that are `throttled`. */
  readonly throttling?: ThrottlingOptions;
  /** How long and how many dead letters are kept, and how often old ones are removed. */
  readonly deadLetters?: DeadLetterOptions;
  /**
   * Source of time. BullMQ's own timers always use the system clock.
   *
   * @defaultValue the system clock
   */
  readonly clock?: Clock;
}

export interface ResolvedQueueOptions {
  readonly target: RedisTarget;
  readonly prefix: string;
  readonly producerTimeoutMs: number;
  readonly payloadLimitBytes: number;
  readonly keepCompletedMs: number;
  readonly critical: boolean;
  readonly degradedAfterMs: number;
  readonly unknownNameForMs: number;
  readonly throttling?: ResolvedThrottling;
  readonly deadLetters: ResolvedDeadLetterOptions;
  readonly clock: Clock;
}

export function resolveQueueOptions(options: QueueModuleOptions): ResolvedQueueOptions {
  const { prefix = '{loyalnest}', critical = false } = options;
  return {
    target: resolveTarget(options, prefix),
    prefix,
    critical,
    clock: options.clock ?? new SystemClock(),
    degradedAfterMs: durationMs('queue.degradedAfter', options.degradedAfter ?? '5m'),
    deadLetters: resolveDeadLetterOptions(options.deadLetters),
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
    ...(options.throttling && { throttling: resolveThrottling(options.throttling) }),
    unknownNameForMs: durationMs('queue.unknownNameFor', options.unknownNameFor ?? '10m'),
  };
}
