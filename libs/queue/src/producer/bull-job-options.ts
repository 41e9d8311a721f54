import type { JobsOptions } from 'bullmq';
import type { ResolvedQueueOptions } from '../queue.options.js';

/**
 * BullMQ's options of one job. Failed jobs are never removed: the failed set is the dead-letter
 * queue, and a job's own retention would be applied to the whole set.
 */
export function bullJobOptions(
  options: ResolvedQueueOptions,
  jobId: string,
  attempts: number,
  delay = 0,
): JobsOptions {
  return {
    jobId,
    attempts,
    delay,
    backoff: { type: 'custom' },
    removeOnComplete: { age: Math.ceil(options.keepCompletedMs / 1_000) },
    removeOnFail: false,
    stackTraceLimit: 10,
  };
}
