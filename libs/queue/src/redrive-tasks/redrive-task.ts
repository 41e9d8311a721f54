/**
 * `canary`: the first jobs are redriven and must succeed. `running`: the others follow at the rate.
 * `settling`: all are redriven, but some have no outcome yet. The other three states are final.
 */
export type RedriveState =
  'canary' | 'running' | 'settling' | 'completed' | 'stopped' | 'cancelled';

/** The states of a task that will not change any more. */
export const ENDED_STATES: readonly RedriveState[] = ['completed', 'stopped', 'cancelled'];

/** A redrive of many dead letters, as it is now. */
export interface RedriveTask {
  readonly id: string;
  readonly queue: string;
  readonly state: RedriveState;
  /** Why it was stopped, or who cancelled it. */
  readonly note?: string;
  readonly by: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly endedAt?: string;
  /** Dead letters that matched when the task started. */
  readonly total: number;
  readonly redriven: number;
  readonly succeeded: number;
  /** Jobs that are dead letters again, or were discarded since. */
  readonly failedAgain: number;
  /** Jobs that have failed at least once since, and will run again. */
  readonly failing: number;
  /** Jobs per second. */
  readonly rate: number;
}
