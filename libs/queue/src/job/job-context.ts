import type { ContextCarrier } from '@loyalnest/core';

/** What a handler may know of the run it is in, and what it may tell of it. */
export interface JobContext extends ContextCarrier {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Runs in all that the job may have. */
  readonly attempts: number;
  /** Whether the job becomes a dead letter if this run fails. */
  readonly lastAttempt: boolean;
  /** ISO 8601 time at which the fact happened; of a scheduled job, when it was due. */
  readonly occurredAt: string;
  /** The schedule that made the job. */
  readonly schedule?: string;
  /**
   * Aborts when the run times out, its process shuts down, or its job was given to another worker.
   * Pass it on to what you await.
   */
  readonly signal: AbortSignal;
  /**
   * Stores how far the run is, in percent or in words of your own, for those who look at the queue.
   * Resolves within `producerTimeout`; never rejects, as a job must not fail for it.
   */
  progress(progress: number | object): Promise<void>;
  /** Adds a line to the log that is kept with the job: the last 100. As `progress`, never rejects. */
  log(line: string): Promise<void>;
}
