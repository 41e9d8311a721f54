import { OptionError } from '@loyalnest/core';
import { DeadLetterBusyError } from '../dead-letter-busy.error.js';
import { appendHistory } from '../dead-letter-history.js';
import type { DeadLetterIndex } from '../index/dead-letter-index.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import { DeadLetterNotFoundError } from '../dead-letter-not-found.error.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { deadLetterDiscarded, deadLetterRestored } from '../dead-letter.events.js';
import { DISCARD, MOVED, RESTORE } from './discard-scripts.js';
import { readRecords } from '../record/job-record.js';
import { KeyList } from '../index/key-list.js';

const READS = 5;

/** Discards and restores dead letters. Each move is one script, so a job is always in exactly one set. */
export class DeadLetterDiscards {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly index: DeadLetterIndex,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /**
   * Puts a dead letter aside. The job stays, so enqueueing one with its id still counts as a duplicate.
   *
   * @throws DeadLetterNotFoundError
   * @throws DeadLetterBusyError while a redrive of it is running
   */
  async discard(id: string, by: string, reason: string): Promise<void> {
    if (!reason?.trim()) throw new OptionError('deadLetters.discard.reason', reason, 'write why');
    const { redis, clock, bull } = this.source;
    await this.move(id, async () => {
      const [[record], entry] = await Promise.all([
        readRecords(this.source, [id]),
        redis.hget(this.keys.entries, id),
      ]);
      if (!record || record.score === null) return MOVED.gone;
      const now = clock.now();
      const discard = { at: new Date(now).toISOString(), by, reason };
      const history = appendHistory(record.history, { kind: 'discarded', ...discard });
      const list = new KeyList([...this.keys.indexed]);
      const [reasonKey, groupKey] = this.index
        .placesOf(list, entry ?? '')
        .map((place) => list.keys[place - 1]!);
      return DISCARD.run(
        redis,
        [
          ...this.keys.indexed,
          this.keys.discarded,
          this.keys.job(id),
          this.keys.lock(id),
          reasonKey!,
          groupKey!,
        ],
        [
          id,
          record.score,
          entry ?? '',
          record.history ?? '',
          history,
          now,
          JSON.stringify({ ...discard, score: record.score }),
        ],
      );
    });
    deadLetterDiscarded.publish({ queue: bull.name, id, by, reason });
  }

  /**
   * Makes it a dead letter again, with its old age.
   *
   * @throws DeadLetterNotFoundError if it was not discarded, or was purged since
   */
  async restore(id: string, by: string): Promise<void> {
    const { redis, clock, bull } = this.source;
    await this.move(id, async () => {
      const [record] = await readRecords(this.source, [id]);
      if (!record?.discard) return MOVED.gone;
      const { score } = JSON.parse(record.discard) as { readonly score: string };
      const at = new Date(clock.now()).toISOString();
      const history = appendHistory(record.history, { kind: 'restored', at, by });
      return RESTORE.run(
        redis,
        [this.keys.failed, this.keys.discarded, this.keys.job(id)],
        [id, score, record.discard, record.history ?? '', history],
      );
    });
    await this.index.add([id]);
    deadLetterRestored.publish({ queue: bull.name, id, by });
  }

  /** Retries if the job changed after it was read. */
  private async move(id: string, attempt: () => Promise<number>): Promise<void> {
    const queue = this.source.bull.name;
    for (let read = 0; read < READS; read++) {
      const moved = await attempt();
      if (moved === MOVED.done) return;
      if (moved === MOVED.gone) throw new DeadLetterNotFoundError(queue, id);
      if (moved === MOVED.busy) break;
    }
    throw new DeadLetterBusyError(queue, id);
  }
}
