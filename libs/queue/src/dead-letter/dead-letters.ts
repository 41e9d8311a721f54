import type { Clock } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { DeadLetterBusyError } from './dead-letter-busy.error.js';
import { DeadLetterDiscards } from './discard/dead-letter-discards.js';
import { DeadLetterEditor, type DeadLetterEdit, type KnownJob } from './edit/dead-letter-editor.js';
import type { DeadLetterGroup } from './index/dead-letter-group.js';
import { DeadLetterIndex } from './index/dead-letter-index.js';
import { DeadLetterKeys } from './dead-letter-keys.js';
import { DeadLetterNotFoundError } from './dead-letter-not-found.error.js';
import { DeadLetterPruner } from './retention/dead-letter-pruner.js';
import {
  DeadLetterReconciler,
  type IndexCoverage,
  type ReconcileOptions,
} from './index/dead-letter-reconciler.js';
import { DeadLetterRedriver } from './redrive/dead-letter-redriver.js';
import {
  resolveDeadLetterOptions,
  type ResolvedRetention,
} from './retention/dead-letter-retention.js';
import { DeadLetterScan, resolveFilter } from './scan/dead-letter-scan.js';
import type { DeadLetterSource } from './dead-letter-source.js';
import type { DeadLettersPruned, IndexMended } from './dead-letter.events.js';
import type {
  DeadLetter,
  DeadLetterDetails,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterReason,
} from './dead-letter.js';
import { describeRecord, readRecords } from './record/job-record.js';
import { decodeCursor, encodeCursor } from './scan/page-cursor.js';
import { readPage, type Scored } from '../redis/scored-page.js';

export interface DeadLettersOptions extends DeadLetterSource {
  /** @defaultValue 180 days and 100,000 */
  readonly retention?: ResolvedRetention;
  /** Finds the definition that validates an edited payload. @defaultValue no validation */
  readonly definitionOf?: (name: string) => KnownJob | undefined;
  /** Max size of an edited payload. @defaultValue 65536 */
  readonly payloadLimitBytes?: number;
  /** Called when the index had to be repaired. */
  readonly onMended?: (mended: IndexMended) => void;
}

export interface OpenOptions extends Omit<DeadLettersOptions, 'bull'> {
  readonly redis: Redis | Cluster;
  readonly clock: Clock;
  /** Name of the queue. */
  readonly queue: string;
  /** @defaultValue '{loyalnest}' */
  readonly prefix?: string;
}

export interface PageRequest {
  /** Max number of items, up to 1000. @defaultValue 50 */
  readonly limit?: number;
  /** `cursor` of the previous page. */
  readonly cursor?: string;
}

/** Reads at least this many dead letters at a time to fill a page of results. */
const LOOK_AT = 500;
/** Max number of such reads for one page. A filter that rarely matches returns a cursor instead. */
const LOOKS = 40;

/**
 * The dead letters of one queue: the jobs in BullMQ's failed set. The script that ends the last run of
 * a job also moves it there, so it is always in exactly one place. This class needs only Redis, so a
 * command line can use it while every service is down.
 */
export class DeadLetters {
  readonly source: DeadLetterSource;
  readonly index: DeadLetterIndex;
  readonly scan: DeadLetterScan;
  readonly redriver: DeadLetterRedriver;
  private readonly keys: DeadLetterKeys;
  private readonly reconciler: DeadLetterReconciler;
  private readonly discards: DeadLetterDiscards;
  private readonly editor: DeadLetterEditor;
  private readonly pruner: DeadLetterPruner;

  constructor(options: DeadLettersOptions) {
    const { bull, redis, clock, definitionOf = () => undefined } = options;
    const { retention = resolveDeadLetterOptions().retention } = options;
    this.source = { bull, redis, clock };
    this.keys = new DeadLetterKeys(bull);
    this.index = new DeadLetterIndex(this.source);
    this.scan = new DeadLetterScan(this.source, this.index);
    this.reconciler = new DeadLetterReconciler(this.source, this.index, options.onMended);
    this.redriver = new DeadLetterRedriver(this.source, this.index);
    this.discards = new DeadLetterDiscards(this.source, this.index);
    this.pruner = new DeadLetterPruner(this.source, this.index, retention);
    const limitBytes = options.payloadLimitBytes ?? 64 * 1024;
    this.editor = new DeadLetterEditor(this.source, definitionOf, limitBytes);
  }

  /** Opens a queue that this process has no BullMQ object for. The caller closes the connection. */
  static open({ queue, prefix = '{loyalnest}', ...options }: OpenOptions): DeadLetters {
    const bull = new Queue(queue, {
      connection: options.redis as never,
      prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    // The caller reports errors of the connection.
    bull.on('error', () => {});
    return new DeadLetters({ ...options, bull });
  }

  /** Lists matching dead letters, newest first. A page may be short even if more follow. */
  async list(filter: DeadLetterFilter & PageRequest = {}): Promise<DeadLetterPage> {
    const limit = wholeNumber('deadLetters.limit', filter.limit ?? 50, { min: 1, max: 1_000 });
    const wanted = resolveFilter(filter);
    let after = decodeCursor(filter.cursor);
    await this.catchUp();
    const found: Scored[] = [];
    let next: Scored | undefined;
    for (let look = 0; look < LOOKS; look++) {
      const page = await this.scan.page(wanted, 'newest-first', after, Math.max(limit, LOOK_AT));
      const room = limit - found.length;
      found.push(...page.found.slice(0, room));
      next = page.found.length > room ? found.at(-1) : page.next;
      after = next;
      if (found.length === limit || !next) break;
    }
    const [records, total] = await Promise.all([
      readRecords(
        this.source,
        found.map(({ id }) => id),
      ),
      this.source.redis.zcard(this.keys.failed),
    ]);
    const items = records.flatMap((record): DeadLetter[] => {
      if (!record || record.score === null) return [];
      const { stacks: _stacks, revision: _revision, ...letter } = this.describe(record);
      return [letter];
    });
    return { items, total, ...(next && { cursor: encodeCursor(next) }) };
  }

  /**
   * Reads a dead letter, or a discarded one.
   *
   * @throws DeadLetterNotFoundError
   */
  async get(id: string): Promise<DeadLetterDetails> {
    const [record] = await readRecords(this.source, [id]);
    if (!record || (record.score === null && record.discard === null)) {
      throw new DeadLetterNotFoundError(this.source.bull.name, id);
    }
    return this.describe(record);
  }

  /** The cause groups, largest first. */
  async groups(): Promise<readonly DeadLetterGroup[]> {
    await this.catchUp();
    return this.index.groups();
  }

  /** The number of dead letters of each reason, and when the oldest of them died. */
  async reasons(): Promise<
    readonly { reason: DeadLetterReason; count: number; oldestAt: string }[]
  > {
    await this.catchUp();
    return this.index.reasons();
  }

  async count(filter: DeadLetterFilter = {}): Promise<number> {
    const wanted = resolveFilter(filter);
    await this.catchUp();
    return this.scan.count(wanted);
  }

  /**
   * Runs a dead letter again, in place and with all its attempts. Its counters of attempts and crashes
   * start at 0, and its history records the old ones.
   *
   * @param by name of the operator
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterBusyError if another redrive of it is running
   */
  async redrive(id: string, by: string): Promise<void> {
    const score = await this.source.redis.zscore(this.keys.failed, id);
    if (score === null) throw new DeadLetterNotFoundError(this.source.bull.name, id);
    await this.redriveDeath({ id, score }, by);
  }

  /**
   * Replaces the payload of a dead letter and runs it again. Its history keeps the old payload.
   *
   * @throws InvalidPayloadError, PayloadTooLargeError: nothing was changed
   * @throws DeadLetterChangedError if the payload has another revision by now
   * @throws DeadLetterNotFoundError, DeadLetterBusyError
   */
  async editAndRedrive(id: string, edit: DeadLetterEdit): Promise<void> {
    await this.redriveDeath(await this.editor.edit(id, edit), edit.by);
  }

  /**
   * Puts a dead letter aside: it is no longer listed, counted or redriven, and can be restored within
   * `discardedFor`. Enqueueing a job with its id still counts as a duplicate.
   *
   * @throws OptionError without a reason
   * @throws DeadLetterNotFoundError, DeadLetterBusyError
   */
  async discard(id: string, { by, reason }: { by: string; reason: string }): Promise<void> {
    await this.discards.discard(id, by, reason);
  }

  /** Reverses a discard. @throws DeadLetterNotFoundError if it was not discarded, or is gone by now */
  async restore(id: string, by: string): Promise<void> {
    await this.discards.restore(id, by);
  }

  /** Lists the discarded ones, last discarded first. */
  async discarded({ limit = 50, cursor }: PageRequest = {}): Promise<DeadLetterPage> {
    const size = wholeNumber('deadLetters.limit', limit, { min: 1, max: 1_000 });
    const { redis } = this.source;
    const after = decodeCursor(cursor);
    const page = await readPage(redis, this.keys.discarded, 'newest-first', after, size);
    const [records, total] = await Promise.all([
      readRecords(
        this.source,
        page.map(({ id }) => id),
      ),
      redis.zcard(this.keys.discarded),
    ]);
    const items = records.flatMap((record) => (record?.discard ? [this.describe(record)] : []));
    const last = page.length === size ? page.at(-1) : undefined;
    return { items, total, ...(last && { cursor: encodeCursor(last) }) };
  }

  /** Number of dead letters and of index entries as they are now. Does not repair the index. */
  indexCoverage(): Promise<IndexCoverage> {
    return this.reconciler.coverage();
  }

  /** Makes the index match the failed set. */
  reconcile(options: ReconcileOptions = {}): Promise<IndexMended> {
    return this.reconciler.reconcile(options);
  }

  /** Deletes the index and builds it again. */
  async rebuild(): Promise<IndexMended> {
    await this.index.clear();
    return this.reconciler.reconcile({ full: true });
  }

  /** Removes what exceeds the retention; undefined if another process is pruning right now. */
  async prune(signal?: AbortSignal): Promise<DeadLettersPruned | undefined> {
    await this.reconcile({ ...(signal && { signal }) });
    return this.pruner.prune(signal);
  }

  /** Whether the dead letter with this id was discarded. */
  async isDiscarded(id: string): Promise<boolean> {
    return (await this.source.redis.zscore(this.keys.discarded, id)) !== null;
  }

  private async catchUp(): Promise<void> {
    if (!(await this.reconciler.isSameSize())) await this.reconcile();
  }

  private async redriveDeath(death: Scored, by: string): Promise<void> {
    const [outcome] = await this.redriver.redrive([death], by);
    if (outcome === 'redriven') return;
    const queue = this.source.bull.name;
    throw outcome === 'gone'
      ? new DeadLetterNotFoundError(queue, death.id)
      : new DeadLetterBusyError(queue, death.id);
  }

  private describe(record: Parameters<typeof describeRecord>[1]): DeadLetterDetails {
    return describeRecord(this.source.bull.name, record);
  }
}
