import { diagnostics, type ContextCarrier } from '@loyalnest/core';

/** `failed` will run again, `dead` will not. */
export type JobOutcome = 'completed' | 'failed' | 'dead' | 'handed-back';

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

export const jobFinished = diagnostics<JobFinished>('loyalnest:queue:job-finished');
