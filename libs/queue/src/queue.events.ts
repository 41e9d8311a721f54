import { diagnostics, type ContextCarrier } from '@loyalnest/core';

/**
 * How a run ended. A `failed` job runs again; a `dead` one does not. `handed-back` and `lost` runs
 * do not count as attempts: the process is shutting down, or another worker has the job.
 */
export type JobOutcome = 'completed' | 'failed' | 'dead' | 'handed-back' | 'lost';

/** Data of {@link jobFinished}. */
export interface JobFinished {
  readonly id: string;
  readonly name: string;
  /** 1 is the first run. */
  readonly attempt: number;
  readonly outcome: JobOutcome;
  readonly durationMs: number;
  /** The stored request context; missing if the job has no readable envelope. */
  readonly context?: ContextCarrier;
  readonly error?: unknown;
}

/** Data of {@link jobEnqueued}. */
export interface JobEnqueued {
  readonly id: string;
  readonly name: string;
}

/** Data of {@link jobDeduplicated}. */
export interface JobDeduplicated {
  /** Id of the existing job. */
  readonly id: string;
  readonly name: string;
}

/** Data of {@link jobStarted}. */
export interface JobStarted {
  readonly id: string;
  readonly name: string;
  /** 1 is the first run. */
  readonly attempt: number;
  /** Max runs of the job. */
  readonly attempts: number;
  /**
   * Time from when the job could have run to its start. Set only for the first attempt, and not
   * after a redrive.
   */
  readonly waitMs?: number;
}

/** Data of {@link jobRetried}. */
export interface JobRetried {
  readonly id: string;
  readonly name: string;
  /** The attempt that failed. */
  readonly attempt: number;
  /** Time until the next run. */
  readonly delayMs: number;
  readonly error: unknown;
}

/** Data of {@link jobThrottled}. */
export interface JobThrottled {
  readonly id: string;
  readonly name: string;
  readonly at: 'enqueue' | 'start';
  /** Whether the job was not stored because its delay would exceed the plan's `maxDelay`. */
  readonly refused: boolean;
  /** How long the job waits. For a refused job, how long to wait before enqueueing it again. */
  readonly delayMs: number;
}

/** Data of {@link jobPostponed}. */
export interface JobPostponed {
  readonly id: string;
  readonly name: string;
  /** Time until a worker takes the job again. */
  readonly delayMs: number;
  /** Why this service cannot run it yet. */
  readonly reason: string;
}

/** Data of {@link jobStalled}. */
export interface JobStalled {
  readonly id: string;
  readonly queue: string;
}

/** Data of {@link jobCancelled}. */
export interface JobCancelled {
  readonly id: string;
  readonly queue: string;
  readonly reason: string;
}

/** A job was stored. */
export const jobEnqueued = diagnostics<JobEnqueued>('loyalnest:queue:job-enqueued');
/** A job was not stored because a job with its idempotency key exists. */
export const jobDeduplicated = diagnostics<JobDeduplicated>('loyalnest:queue:job-deduplicated');
/** A handler starts. */
export const jobStarted = diagnostics<JobStarted>('loyalnest:queue:job-started');
/** A run ended, or a job was rejected before it ran. */
export const jobFinished = diagnostics<JobFinished>('loyalnest:queue:job-finished');
/** A failed job was scheduled for its next run. */
export const jobRetried = diagnostics<JobRetried>('loyalnest:queue:job-retried');
/** A job waits for its merchant's next slot, or was refused because the wait would be too long. */
export const jobThrottled = diagnostics<JobThrottled>('loyalnest:queue:job-throttled');
/** A job with an unknown name or a newer version waits for a service that can run it. */
export const jobPostponed = diagnostics<JobPostponed>('loyalnest:queue:job-postponed');
/** The worker of a job went silent, so the job went back to its queue. */
export const jobStalled = diagnostics<JobStalled>('loyalnest:queue:job-stalled');
/** A waiting job was cancelled and will not run. */
export const jobCancelled = diagnostics<JobCancelled>('loyalnest:queue:job-cancelled');
