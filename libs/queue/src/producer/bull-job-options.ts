import type { JobsOptions } from 'bullmq';
import type { ResolvedQueueOptions } from '../queue.options.js';

interface JobSettings {
  readonly attempts: number;
  readonly delayMs?: number;
  readonly priority?: number;
}

/**
 * BullMQ's options for a job. Failed jobs are never removed: the failed set is the dead-letter
 * queue, and BullMQ applies a job's retention options to the whole set.
 */
export function bullJobOptions(
  options: Pick<ResolvedQueueOptions, 'keepCompletedMs'>,
  { attempts, delayMs = 0, priority = 0 }: JobSettings,
  jobId?: string,
): JobsOptions {
  return {
    ...(jobId !== undefined && { jobId }),
    attempts,
    ...(delayMs > 0 && { delay: delayMs }),
    ...(priority > 0 && { priority }),
    backoff: { type: 'custom' },
    removeOnComplete: { age: Math.ceil(options.keepCompletedMs / 1_000) },
    removeOnFail: false,
    stackTraceLimit: 10,
  };
}
