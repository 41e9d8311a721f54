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

export interface QueueModuleOptions extends RedisConnectionOptions {
  /** Prefix of all keys; the braces keep a queue in one slot of a cluster. @defaultValue '{loyalnest}' */
  readonly prefix?: string;
  /** How long enqueueing may take before it fails. @defaultValue '500ms' */
  readonly producerTimeout?: Duration;
  /** Largest payload in bytes of its JSON. @defaultValue 65536 */
  readonly payloadLimitBytes?: number;
  /** How long completed jobs are kept, for duplicates and for the outbox to see them. @defaultValue '1d' */
  readonly keepCompleted?: Duration;
  /** Whether the service is unready while Redis is unavailable. @defaultValue false */
  readonly critical?: boolean;
  /** Age of the oldest waiting job from which the check `queues` is degraded. @defaultValue '5m' */
  readonly degradedAfter?: Duration;
  /**
   * How long a job of a name or a version that no handler here knows waits for a service that does,
   * before it becomes a dead letter; 0 is not at all. @defaultValue '10m'
   */
  readonly unknownNameFor?: Duration;
  /** Plans of merchants, for queues that are `throttled`. */
  readonly throttling?: ThrottlingOptions;
  /** How long and how many dead letters are kept, and how often that is looked after. */
  readonly deadLetters?: DeadLetterOptions;
  /** Source of time. BullMQ's own timers go by the machine's. @defaultValue the machine's */
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
