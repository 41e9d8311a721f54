import type { Queue } from 'bullmq';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from './dead-letter.js';

/**
 * Keys beside BullMQ's own, in the slot of the queue. Each has one colon, which no job id has, and
 * ends in nothing that BullMQ puts behind the id of a job.
 */
export class DeadLetterKeys {
  readonly failed: string;
  readonly completed: string;
  readonly discarded: string;
  /** Sorted set of the dead letters that are indexed. */
  readonly index: string;
  /** Hash of their entries. */
  readonly entries: string;
  /** Hash of the cause groups. */
  readonly groups: string;
  /** Hash of counts in each group. */
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

  /** What every script that changes the index has first. */
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

  /** Held while a dead letter is being redriven. */
  lock(id: string): string {
    return this.bull.toKey(`${id}:redrive`);
  }

  /** All keys of a job, in the order of BullMQ's own removal. */
  jobParts(id: string): readonly string[] {
    const parts = ['logs', 'dependencies', 'processed', 'failed', 'unsuccessful'];
    return [this.job(id), ...parts.map((part) => `${this.job(id)}:${part}`)];
  }
}
