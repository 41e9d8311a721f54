import type { DeadLetterReason } from '../dead-letter.js';

/** Dead letters that died of the same cause. */
export interface DeadLetterGroup {
  /** Fingerprint of the cause; `other` holds what came when there were too many groups. */
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
  /** How many of them were redriven before and died again. */
  readonly failedAgain: number;
}

/** What is stored of a group when its first dead letter is indexed. */
export interface GroupDescription {
  readonly name: string;
  readonly error: string;
  readonly message: string;
  readonly firstSeenMs: number;
}
