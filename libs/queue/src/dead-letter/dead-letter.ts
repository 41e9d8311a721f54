import type { ContextCarrier } from '@loyalnest/core';
import type { HistoryEntry } from './dead-letter-history.js';

/** Why a job is a dead letter. */
export type DeadLetterReason =
  | 'exhausted'
  | 'unrecoverable'
  | 'invalid'
  | 'unknown-name'
  | 'expired'
  | 'stalled'
  | 'poison'
  | 'cancelled';

export const DEAD_LETTER_REASONS: readonly DeadLetterReason[] = [
  'exhausted',
  'unrecoverable',
  'invalid',
  'unknown-name',
  'expired',
  'stalled',
  'poison',
  'cancelled',
];

/** Who put a dead letter aside, when and why. */
export interface Discard {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** A job that will not run again unless somebody redrives it. */
export interface DeadLetter {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly reason: DeadLetterReason;
  readonly message: string;
  /** Fingerprint of the cause: all dead letters of a group died of the same cause. */
  readonly group: string;
  readonly attemptsMade: number;
  /** ISO 8601. */
  readonly enqueuedAt: string;
  /** ISO 8601. */
  readonly failedAt: string;
  readonly payload: unknown;
  readonly context?: ContextCarrier;
  /** What operators did to it, newest first. */
  readonly history: readonly HistoryEntry[];
  /** Set while it is discarded. */
  readonly discarded?: Discard;
}

/** A dead letter with its stacks and its revision. */
export interface DeadLetterDetails extends DeadLetter {
  /** Stacks of the last runs, newest first. */
  readonly stacks: readonly string[];
  /** Changes with the payload. An edit names the revision that it replaces. */
  readonly revision: string;
}

/** Selects dead letters. Each field narrows the selection; without a field it selects all. */
export interface DeadLetterFilter {
  readonly reason?: DeadLetterReason;
  /** Fingerprint of a cause group. */
  readonly group?: string;
  /** Name of the job. */
  readonly name?: string;
  readonly merchant?: string;
  /** At this time or later: ISO 8601, a date or milliseconds since 1970. */
  readonly failedAfter?: string | number | Date;
  /** Before this time. */
  readonly failedBefore?: string | number | Date;
}

/** A page of dead letters, newest first. */
export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  /** Number of dead letters in the queue, regardless of the filter. */
  readonly total: number;
  /** Pass it to get the next page; missing at the end. */
  readonly cursor?: string;
}
