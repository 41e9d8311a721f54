import type { ContextCarrier } from '@loyalnest/core';

/** The current run of a job: what the handler can read about it, and report about it. */
export interface JobContext extends ContextCarrier {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Max runs of the job. */
  readonly attempts: number;
  /** Whether the job becomes a dead letter if this run fails. */
  readonly lastAttempt: boolean;
  /** When the job was enqueued, its event occurred, or its scheduled run was due; ISO 8601. */
  readonly occurredAt: string;
  /** Id of the schedule that created the job. */
  readonly schedule?: string;
  /**
   * Aborts when the run times out, the process shuts down, or another worker gets the job. Pass it
   * to everything that you await.
   */
  readonly signal: AbortSignal;
  /**
   * Stores the progress of the run, as a percentage or as an object of your own, for dashboards.
   * Resolves within `producerTimeout`. Never rejects, so that a job cannot fail because of it.
   */
  progress(progress: number | object): Promise<void>;
  /** Adds a line to the job's log, which keeps the last 100. Like `progress`, it never rejects. */
  log(line: string): Promise<void>;
}
