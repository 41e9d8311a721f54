import { diagnostics } from '@loyalnest/core';
import type { DeadLetterReason } from './dead-letter.js';

/** A job became a dead letter. Published once for each death, by the process that indexes it first. */
export interface DeadLettered {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly reason: DeadLetterReason;
  /** Fingerprint of the cause. */
  readonly group: string;
  /** ISO 8601. */
  readonly failedAt: string;
}

/** An operator redrove, edited, discarded or restored one dead letter. */
export interface DeadLetterCommand {
  readonly queue: string;
  readonly id: string;
  readonly by: string;
  /** Why it was discarded. */
  readonly reason?: string;
  /** Id of the task that redrove it. */
  readonly task?: string;
}

/** Dead letters were removed because they were too old or too many. */
export interface DeadLettersPruned {
  readonly queue: string;
  readonly removed: Readonly<Partial<Record<DeadLetterReason, number>>>;
  /** Number of discarded ones that can no longer be restored. */
  readonly discarded: number;
}

/** The index differed from the failed set and was repaired. */
export interface IndexMended {
  readonly queue: string;
  /** Dead letters that were not in the index. */
  readonly added: number;
  /** Entries of jobs that are no dead letters any more: something ran them again, bypassing this module. */
  readonly moved: number;
  /** Entries whose jobs are gone, although nothing discarded, redrove or pruned them. */
  readonly missing: number;
}

export const deadLettered = diagnostics<DeadLettered>('loyalnest:queue:dead-lettered');
export const deadLetterRedriven = diagnostics<DeadLetterCommand>(
  'loyalnest:queue:dead-letter-redriven',
);
export const deadLetterDiscarded = diagnostics<DeadLetterCommand>(
  'loyalnest:queue:dead-letter-discarded',
);
export const deadLetterRestored = diagnostics<DeadLetterCommand>(
  'loyalnest:queue:dead-letter-restored',
);
export const deadLetterEdited = diagnostics<DeadLetterCommand>(
  'loyalnest:queue:dead-letter-edited',
);
export const deadLettersPruned = diagnostics<DeadLettersPruned>(
  'loyalnest:queue:dead-letters-pruned',
);
export const indexMended = diagnostics<IndexMended>('loyalnest:queue:dead-letter-index-mended');
