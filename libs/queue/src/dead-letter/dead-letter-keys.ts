import type { Queue } from 'bullmq';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from './dead-letter.js';

/**
 * Our own keys of a queue, in the same cluster slot as BullMQ's. The name of each has one colon, so it
 * cannot be the id of a job, and no ending that BullMQ appends to an id.
 */
export class DeadLetterKeys {
  readonly failed: string;
  readonly completed: string;
  readonly discarded: string;
  /** Sorted set of the indexed dead letters. */
  readonly index: string;
  /** Hash of their index entries. */
  readonly entries: string;
  /** Hash of the cause groups. */
  readonly groups: string;
  /** Hash of the counts in each group. */
  readonly counts: string;
  readonly pruneLease: string;

  constructor(private readonly bull: Pick<Queue, 'toKey'>) {
    this.failed = bull.toKey('failed');
    this.completed = bull.toKey('completed');
    this.discarded = bull.toKey('dead-letters:discarded');
    this.index = bull.toKey('dead-letters:index');
    this.entries = bull.toKey('dead-letters:entries');
    this.groups = bull.toKey('dead-letters:groups');
    this.counts = bull.toKey('dead-letters:counts');
    this.pruneLease = bull.toKey('dead-letters:prune-lease');
  }

  /** The first keys of every script that changes the index. */
  get indexed(): readonly string[] {
    return [this.failed, this.index, this.entries, this.groups, this.counts];
  }

  get reasons(): readonly string[] {
    return DEAD_LETTER_REASONS.map((reason) => this.reason(reason));
  }

  reason(reason: DeadLetterReason): string {
    return this.bull.toKey(`dead-letters:reason-${reason}`);
  }

  group(fingerprint: string): string {
    return this.bull.toKey(`dead-letters:group-${fingerprint}`);
  }

  job(id: string): string {
    return this.bull.toKey(id);
  }

  /** Lock that a redrive holds while it moves the job. */
  lock(id: string): string {
    return this.bull.toKey(`${id}:redrive`);
  }

  /** All keys of a job, in the order in which BullMQ removes them. */
  jobParts(id: string): readonly string[] {
    const parts = ['logs', 'dependencies', 'processed', 'failed', 'unsuccessful'];
    return [this.job(id), ...parts.map((part) => `${this.job(id)}:${part}`)];
  }
}
