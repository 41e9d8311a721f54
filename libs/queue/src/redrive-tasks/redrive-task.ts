/**
 * `canary`: the first are redriven and waited for. `running`: the others follow at the rate.
 * `settling`: all are redriven, some have no outcome yet. The other three are ends.
 */
export type RedriveState =
  'canary' | 'running' | 'settling' | 'completed' | 'stopped' | 'cancelled';

export const ENDED_STATES: readonly RedriveState[] = ['completed', 'stopped', 'cancelled'];

/** A redrive of many dead letters, as it stands. */
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
  /** Dead letters that the filter meant when the task was started. */
  readonly total: number;
  readonly redriven: number;
  readonly succeeded: number;
  /** Dead letters again, or discarded since. */
  readonly failedAgain: number;
  /** Have failed at least once since, and will run again. */
  readonly failing: number;
  /** Jobs per second. */
  readonly rate: number;
}
