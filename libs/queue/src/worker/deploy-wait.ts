import type { JobEnvelope } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import { jobPostponed } from '../queue.events.js';
import { RejectedJobError } from './rejected-job.error.js';
import { Postponement } from './run-outcome.js';

const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

/**
 * During a rolling deploy, producers may be newer than this service. A job that it cannot run waits
 * for a service that can. Each delay is as long as the job has waited so far, from 1 s to 30 s.
 *
 * @returns the error to throw: {@link Postponement}, or {@link RejectedJobError} once the job has
 * waited for `limitMs`
 */
export async function waitForDeploy(
  job: RunnableJob,
  envelope: JobEnvelope,
  reason: string,
  now: number,
  limitMs: number,
): Promise<Postponement | RejectedJobError> {
  const { attemptsMade } = job;
  const { waiting, ...rest } = envelope;
  // A wait of an earlier attempt is over: a service that knows the job has run it since.
  const since = waiting?.attemptsMade === attemptsMade ? waiting.since : now;
  const waitedMs = now - since;
  if (waitedMs >= limitMs) {
    // After a redrive the wait starts from zero.
    if (waiting) await job.updateData(rest);
    return new RejectedJobError('unknown-name', reason);
  }
  const delayMs = Math.min(
    Math.max(waitedMs, MIN_DELAY_MS),
    MAX_DELAY_MS,
    Math.max(limitMs - waitedMs, 1),
  );
  jobPostponed.publish({ id: job.id!, name: job.name, delayMs, reason });
  return new Postponement(delayMs, { ...rest, waiting: { attemptsMade, since } }, reason);
}
