import type { Clock } from '@loyalnest/core';
import { DelayedError, WaitingError } from 'bullmq';
import type { RunnableJob } from '../job/runnable-job.js';
import { redactedError } from './failure-redaction.js';
import type { RunOutcome } from './run-outcome.js';
import { terminalFailure } from './terminal-failure.js';

/**
 * Reports the outcome of a run to BullMQ by returning or by throwing. BullMQ counts an attempt for
 * every error, unless the job was moved before.
 */
export async function settleJob(
  job: RunnableJob,
  token: string | undefined,
  outcome: RunOutcome,
  clock: Clock,
): Promise<void> {
  switch (outcome.kind) {
    case 'completed':
      return;
    case 'handed-back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'postponed':
      await job.updateData(outcome.data);
      await job.moveToDelayed(clock.now() + outcome.delayMs, token);
      throw new DelayedError();
    case 'dead':
      // BullMQ counts attempts itself, so this failure needs no reason in its message.
      if (outcome.reason === 'exhausted') throw redactedError(outcome.error);
      throw terminalFailure(outcome.reason, redactedError(outcome.error));
    default:
      throw redactedError(outcome.error);
  }
}
