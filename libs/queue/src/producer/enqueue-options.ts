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
