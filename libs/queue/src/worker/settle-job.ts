import { DelayedError, WaitingError } from 'bullmq';
import type { RunnableJob } from '../job/runnable-job.js';
import { redactedError } from './failure-redaction.js';
import type { RunOutcome } from './run-outcome.js';
import { terminalFailure } from './terminal-failure.js';

/**
 * Tells BullMQ what became of a run, in its way: by what is thrown. It counts an attempt for all
 * errors but those of a job that has been moved before.
 */
export async function settleJob(
  job: RunnableJob,
  token: string | undefined,
  outcome: RunOutcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'completed':
      return;
    case 'handed-back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'postponed':
      await job.updateData(outcome.data);
      await job.moveToDelayed(Date.now() + outcome.delayMs, token);
      throw new DelayedError();
    case 'dead':
      // BullMQ knows by itself that the attempts are used up, and its failure has no mark.
      if (outcome.reason === 'exhausted') throw redactedError(outcome.error);
      throw terminalFailure(outcome.reason, redactedError(outcome.error));
    default:
      throw redactedError(outcome.error);
  }
}
