import type { JobEnvelope } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import { jobPostponed } from '../queue.events.js';
import { RejectedJobError } from './rejected-job.error.js';
import { Postponement } from './run-outcome.js';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * In a rolling deploy producers may be newer than this service. What it can't run waits for a service
 * that can: looked at again after as long as it has waited, at least 1 s and at most 30 s later.
 *
 * @returns what to throw: {@link Postponement}, or {@link RejectedJobError} once the limit is over
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
  // A wait of an earlier attempt is over: a service that knew the job has run it since.
  const since = waiting?.attemptsMade === attemptsMade ? waiting.since : now;
  const waitedMs = now - since;
  if (waitedMs >= limitMs) {
    // A redrive of the dead letter waits anew.
    if (waiting) await job.updateData(rest);
    return new RejectedJobError('unknown-name', reason);
  }
  const delayMs = Math.min(
    Math.max(waitedMs, SHORTEST_MS),
    LONGEST_MS,
    Math.max(limitMs - waitedMs, 1),
  );
  jobPostponed.publish({ id: job.id!, name: job.name, delayMs, reason });
  return new Postponement(delayMs, { ...rest, waiting: { attemptsMade, since } }, reason);
}
