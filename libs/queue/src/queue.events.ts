import { diagnostics, type ContextCarrier } from '@loyalnest/core';

/**
 * `failed` will run again, `dead` will not. `handed-back` and `lost` runs count as none: the process
 * shuts down, or the job has been given to another worker.
 */
export type JobOutcome = 'completed' | 'failed' | 'dead' | 'handed-back' | 'lost';

export interface JobFinished {
  readonly id: string;
  readonly name: string;
  /** 1 is the first run. */
  readonly attempt: number;
  readonly outcome: JobOutcome;
  readonly durationMs: number;
  /** Missing for a job without a readable envelope. */
  readonly context?: ContextCarrier;
  readonly error?: unknown;
}

export interface JobEnqueued {
  readonly id: string;
  readonly name: string;
}

export interface JobDeduplicated {
  /** Of the job that is there already. */
  readonly id: string;
  readonly name: string;
}

export interface JobStarted {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly attempts: number;
  /** From when it could run to its start. Only of first attempts, and not after a redrive. */
  readonly waitMs?: number;
}

export interface JobRetried {
  readonly id: string;
  readonly name: string;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: unknown;
}

export interface JobThrottled {
  readonly id: string;
  readonly name: string;
  readonly at: 'enqueue' | 'start';
  /** Whether it was not stored, as the delay would be over the plan's bound. */
  readonly refused: boolean;
  /** How long the job waits; of a refused one, after which time it would be taken. */
  readonly delayMs: number;
}

export interface JobPostponed {
  readonly id: string;
  readonly name: string;
  readonly delayMs: number;
  /** Why this service cannot run it yet. */
  readonly reason: string;
}

export interface JobStalled {
  readonly id: string;
  readonly queue: string;
}

export interface JobCancelled {
  readonly id: string;
  readonly queue: string;
  readonly reason: string;
}

/** A job was stored. */
export const jobEnqueued = diagnostics<JobEnqueued>('loyalnest:queue:job-enqueued');
/** A job was not stored, as one with its idempotency key is there. */
export const jobDeduplicated = diagnostics<JobDeduplicated>('loyalnest:queue:job-deduplicated');
/** A handler begins. */
export const jobStarted = diagnostics<JobStarted>('loyalnest:queue:job-started');
/** A run is over, or a job was rejected without one. */
export const jobFinished = diagnostics<JobFinished>('loyalnest:queue:job-finished');
/** A failed job has been given the time of its next run. */
export const jobRetried = diagnostics<JobRetried>('loyalnest:queue:job-retried');
/** A job waits for its merchant's next slot, or was refused one. */
export const jobThrottled = diagnostics<JobThrottled>('loyalnest:queue:job-throttled');
/** A job of an unknown name or a newer version waits for a service that knows it. */
export const jobPostponed = diagnostics<JobPostponed>('loyalnest:queue:job-postponed');
/** The worker of a job went silent; the job waits again. */
export const jobStalled = diagnostics<JobStalled>('loyalnest:queue:job-stalled');
/** A waiting job will not run. */
export const jobCancelled = diagnostics<JobCancelled>('loyalnest:queue:job-cancelled');
