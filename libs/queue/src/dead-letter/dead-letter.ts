import type { ContextCarrier } from '@loyalnest/core';

/** Why a job is a dead letter. */
export type DeadLetterReason =
  'exhausted' | 'unrecoverable' | 'invalid' | 'unknown-name' | 'expired' | 'poison' | 'stalled';

export const DEAD_LETTER_REASONS: readonly DeadLetterReason[] = [
  'exhausted',
  'unrecoverable',
  'invalid',
  'unknown-name',
  'expired',
  'poison',
  'stalled',
];

/** One redrive in the history of a job. */
export interface Redrive {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** Attempts that had been made before. */
  readonly attemptsMade: number;
  readonly failure: string;
}

/** A job that will not run again by itself. */
export interface DeadLetter {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly reason: DeadLetterReason;
  readonly message: string;
  readonly attemptsMade: number;
  /** ISO 8601. */
  readonly enqueuedAt: string;
  /** ISO 8601. */
  readonly failedAt: string;
  readonly payload: unknown;
  readonly context?: ContextCarrier;
  readonly redrives: readonly Redrive[];
}
