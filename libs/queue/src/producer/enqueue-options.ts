import type { Duration } from '@loyalnest/core';

export interface EnqueueOptions {
  /** Enqueued twice with one key, the job exists once, as long as completed jobs are kept. */
  readonly idempotencyKey?: string;
  /** Time before the job may run. @defaultValue 0 */
  readonly delay?: Duration;
  /**
   * From 1, the highest, to 2097151; 0 is none and goes before all others.
   *
   * @defaultValue the definition's
   */
  readonly priority?: number;
  /**
   * Whether the job expires with the deadline of the request that enqueues it, or with the
   * definition's `expiresAfter` if that is sooner: no run begins later, and a job that has not run
   * by then becomes a dead letter. Without a deadline in the context it changes nothing.
   *
   * @defaultValue false: work that is queued outlives its request
   */
  readonly propagateDeadline?: boolean;
  /** @deprecated until version 0.3: use `propagateDeadline`. */
  readonly carryDeadline?: boolean;
}

/** One job of `enqueueMany`. */
export interface EnqueueItem<Payload> extends EnqueueOptions {
  readonly payload: Payload;
}

export interface EnqueueResult {
  readonly id: string;
  /** `duplicate`: a job of this key was there already and was left as it is. */
  readonly outcome: 'enqueued' | 'duplicate';
}

/**
 * What became of one job of `enqueueMany`. `failed` with a `QueueUnavailableError`: the job may be
 * there; with a `JobThrottledError`: it is not.
 */
export type EnqueueManyResult =
  EnqueueResult | { readonly id: string; readonly outcome: 'failed'; readonly error: Error };
