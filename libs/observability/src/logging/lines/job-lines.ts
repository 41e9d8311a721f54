import { currentContext, runInContext, type ContextCarrier } from '@loyalnest/core';
import type { PinoLogger } from 'nestjs-pino';
import type { EventSource } from '../../event-source.js';
import { describeError } from './describe-error.js';

interface JobEvent {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
}

interface JobStarted extends JobEvent {
  readonly attempts: number;
  readonly waitMs?: number;
}

interface JobFinished extends JobEvent {
  readonly outcome: string;
  readonly durationMs: number;
  readonly context?: ContextCarrier;
  readonly error?: unknown;
}

/** Logs the start and the end of each run of a job, in the context of the job. */
export function logJobs(logger: PinoLogger, on: EventSource): void {
  on<JobStarted>('loyalnest:queue:job-started', (event) => {
    const { name, attempts, waitMs } = event;
    logger.info(
      {
        ...jobFields(event),
        attempts,
        ...(waitMs !== undefined && { waitMs: Math.round(waitMs) }),
      },
      `${name} starts`,
    );
  });
  on<JobFinished>('loyalnest:queue:job-finished', (event) => {
    const { name, outcome, durationMs, context, error } = event;
    const fields = {
      ...jobFields(event),
      outcome,
      durationMs: Math.round(durationMs),
      ...describeError(error),
    };
    const write = (): void => {
      if (outcome === 'dead') logger.error(fields, `${name} became a dead letter`);
      else if (outcome === 'failed') logger.warn(fields, `${name} failed and will be retried`);
      else logger.info(fields, `${name} ${outcome}`);
    };
    // The context of the run knows its span. A job that was rejected without a run has no such
    // context.
    if (context && !currentContext()) runInContext(context, write);
    else write();
  });
}

function jobFields({ id, name, attempt }: JobEvent): object {
  return { event: 'job', job: name, jobId: id, attempt };
}
