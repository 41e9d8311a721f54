import type { Duration } from '@loyalnest/core';

/** Options of one enqueue. */
export interface EnqueueOptions {
  /**
   * Enqueueing twice with the same key stores one job, as long as the first one is kept:
   * `keepCompleted` after it completes, or while it is a dead letter.
   */
  readonly idempotencyKey?: string;
  /** Time before the job may run. @defaultValue 0 */
  readonly delay?: Duration;
  /**
   * From 1 (highest) to 2097151 (lowest). 0 means no priority and runs before all others.
   *
   * @defaultValue the definition's priority
   */
  readonly priority?: number;
  /**
   * Whether the job expires at the deadline of the current request, or after the definition's
   * `expiresAfter` if that is sooner. No run starts after that, and the job becomes a dead letter.
   * Has no effect if the context has no deadline.
   *
   * @defaultValue false, as queued work outlives its request
   */
  readonly propagateDeadline?: boolean;
  /** @deprecated Use `propagateDeadline`. Will be removed in version 0.3. */
  readonly carryDeadline?: boolean;
}

/** One job of `enqueueMany`. */
export interface EnqueueItem<Payload> extends EnqueueOptions {
  readonly payload: Payload;
}

/** The result of an enqueue. */
export interface EnqueueResult {
  /** Id of the job, or of the existing one for a duplicate. */
  readonly id: string;
  /** `duplicate`: a job with this idempotency key already existed and was not changed. */
  readonly outcome: 'enqueued' | 'duplicate';
}

/**
 * The result of one job of `enqueueMany`. A job that `failed` with a `QueueUnavailableError` may be
 * stored; with a `JobThrottledError` it is not.
 */
export type EnqueueManyResult =
  EnqueueResult | { readonly id: string; readonly outcome: 'failed'; readonly error: Error };
