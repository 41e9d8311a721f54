import type { DeadLetterReason } from '../dead-letter.js';

/** The dead letters that died of one cause. */
export interface DeadLetterGroup {
  /** Fingerprint of the cause. `other` holds the causes that came after the max number of groups. */
  readonly group: string;
  /** Name of the job. */
  readonly name: string;
  readonly reasons: readonly DeadLetterReason[];
  /** Class of the error. */
  readonly error: string;
  /** Message of the first dead letter of the group. */
  readonly message: string;
  readonly count: number;
  /** ISO 8601. */
  readonly firstSeenAt: string;
  /** ISO 8601. */
  readonly lastSeenAt: string;
  /** Number of them that were redriven before and died again. */
  readonly failedAgain: number;
}

/** What the index stores of a group with its first dead letter. */
export interface GroupDescription {
  readonly name: string;
  readonly error: string;
  readonly message: string;
  readonly firstSeenMs: number;
}
