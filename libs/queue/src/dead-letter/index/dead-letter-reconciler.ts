import { runOutsideContext } from '@loyalnest/core/toolkit';
import type { DeadLetterIndex } from './dead-letter-index.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { indexMended, type IndexMended } from '../dead-letter.events.js';
import { readPages } from '../../redis/scored-page.js';

export interface ReconcileOptions {
  /** Stops between two pages. */
  readonly signal?: AbortSignal;
  /** Compares all dead letters, not only the recent ones. @defaultValue false */
  readonly full?: boolean;
}

/** Sizes of the failed set and of its index. They differ while the index lags behind. */
export interface IndexCoverage {
  readonly deadLetters: number;
  readonly indexed: number;
}

const PAGE = 250;
/**
 * A death is dated by the clock of its worker. If that clock is behind, the death comes before ones
 * that were compared already. Comparing the sizes of the two sets finds deaths that are further back.
 */
const OVERLAP_MS = 5 * 60_000;

/**
 * Makes the index match the failed set. It may run at any time, in any number of processes, and still
 * indexes each dead letter once. Its memory does not grow with the sets.
 */
export class DeadLetterReconciler {
  private readonly keys: DeadLetterKeys;
  private seenUntilMs: number | undefined;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly index: DeadLetterIndex,
    private readonly onMended: (mended: IndexMended) => void = () => {},
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  async reconcile({ signal, full = false }: ReconcileOptions = {}): Promise<IndexMended> {
    const from = full ? undefined : this.seenUntilMs;
    const mended = { queue: this.source.bull.name, added: 0, moved: 0, missing: 0 };
    if (from !== undefined) mended.added += await this.addNew(from - OVERLAP_MS, signal);
    if (!signal?.aborted && (from === undefined || !(await this.isSameSize()))) {
      mended.added += await this.addNew(undefined, signal);
      const left = await this.removeLeft(signal);
      mended.moved = left.moved;
      mended.missing = left.missing;
    }
    if (mended.added + mended.moved + mended.missing > 0) {
      // Any request may be the first to notice.
      runOutsideContext(() => {
        indexMended.publish(mended);
        this.onMended(mended);
      });
    }
    return mended;
  }

  /** Compares the sizes of the index and of the failed set; costs two commands. */
  async coverage(): Promise<IndexCoverage> {
    const { redis } = this.source;
    const [deadLetters, indexed] = await Promise.all([
      redis.zcard(this.keys.failed),
      redis.zcard(this.keys.index),
    ]);
    return { deadLetters, indexed };
  }

  /** Whether the index has as many entries as there are dead letters. */
  async isSameSize(): Promise<boolean> {
    const { deadLetters, indexed } = await this.coverage();
    return deadLetters === indexed;
  }

  private async addNew(fromMs: number | undefined, signal?: AbortSignal): Promise<number> {
    const { redis } = this.source;
    const from = fromMs === undefined ? undefined : { score: String(fromMs), id: '' };
    let added = 0;
    for await (const page of readPages(redis, this.keys.failed, 'oldest-first', PAGE, from)) {
      const indexed = await redis.zmscore(this.keys.index, ...page.map(({ id }) => id));
      const unknown = page.filter(({ score }, i) => indexed[i] !== score);
      added += await this.index.add(unknown.map(({ id }) => id));
      this.seenUntilMs = Math.max(this.seenUntilMs ?? 0, Number(page.at(-1)!.score));
      if (signal?.aborted) break;
    }
    this.seenUntilMs ??= 0;
    return added;
  }

  private async removeLeft(signal?: AbortSignal): Promise<{ moved: number; missing: number }> {
    const { redis } = this.source;
    let moved = 0;
    let missing = 0;
    for await (const page of readPages(redis, this.keys.index, 'oldest-first', PAGE)) {
      const failed = await redis.zmscore(this.keys.failed, ...page.map(({ id }) => id));
      const left = page.filter((_member, i) => failed[i] === null);
      const found = await this.index.removeLeft(left.map(({ id }) => id));
      moved += found.moved;
      missing += found.missing;
      if (signal?.aborted) break;
    }
    return { moved, missing };
  }
}
