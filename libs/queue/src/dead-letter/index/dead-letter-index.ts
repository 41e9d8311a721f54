import { runOutsideContext } from '@loyalnest/core/toolkit';
import { OTHER_CAUSES } from '../record/cause-fingerprint.js';
import { readReason } from '../dead-letter-reason.js';
import type { DeadLetterGroup, GroupDescription } from './dead-letter-group.js';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../dead-letter.js';
import { deadLettered } from '../dead-letter.events.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { decodeEntry, encodeEntry, entryOf, type IndexEntry } from './index-entry.js';
import { INDEX, INDEXED, UNINDEX, UNINDEXED } from './index-scripts.js';
import { errorClassOf, readRecords, type JobRecord } from '../record/job-record.js';
import { KeyList } from './key-list.js';
import { readPipeline } from '../../redis/read-pipeline.js';

type Dead = JobRecord & { readonly score: string };

const MESSAGE_CHARS = 500;
/** Max number of groups in one queue. All further causes share one group. */
const MAX_GROUPS = 500;

/**
 * Maps each dead letter to its reason and its cause group. The index is derived from the failed set,
 * so it can be deleted and built again at any time.
 */
export class DeadLetterIndex {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly maxGroups = MAX_GROUPS,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** Indexes the jobs that are dead letters. Resolves with the number of entries written. */
  async add(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const [records, old] = await Promise.all([
      readRecords(this.source, ids),
      this.source.redis.hmget(this.keys.entries, ...ids),
    ]);
    const items = records.flatMap((record, i) =>
      record && record.score !== null
        ? [{ record: record as Dead, entry: entryOf(record as Dead), old: old[i] ?? '' }]
        : [],
    );
    return this.write(items);
  }

  /** The entries in the order of `ids`; undefined for one that is not indexed. */
  async entries(ids: readonly string[]): Promise<(IndexEntry | undefined)[]> {
    if (ids.length === 0) return [];
    const stored = await this.source.redis.hmget(this.keys.entries, ...ids);
    return stored.map((entry) => (entry ? decodeEntry(entry) : undefined));
  }

  /** Removes the entries of jobs that have left the failed set. */
  async removeLeft(ids: readonly string[]): Promise<{ moved: number; missing: number }> {
    if (ids.length === 0) return { moved: 0, missing: 0 };
    const stored = await this.source.redis.hmget(this.keys.entries, ...ids);
    const list = new KeyList(this.keys.indexed);
    const args = ids.flatMap((id, i) => {
      const entry = stored[i] ?? '';
      return [id, entry, list.place(this.keys.job(id)), ...this.placesOf(list, entry)];
    });
    const results = await UNINDEX.run(this.source.redis, list.keys, args);
    const count = (wanted: number): number => results.filter((found) => found === wanted).length;
    return { moved: count(UNINDEXED.moved), missing: count(UNINDEXED.missing) };
  }

  /** The cause groups, largest first. */
  async groups(): Promise<readonly DeadLetterGroup[]> {
    const { redis } = this.source;
    const [described, counts] = await Promise.all([
      redis.hgetall(this.keys.groups),
      redis.hgetall(this.keys.counts),
    ]);
    const groups = Object.entries(described);
    const pipeline = redis.pipeline();
    for (const [group] of groups) {
      const key = this.keys.group(group);
      pipeline.zcard(key).zrange(key, 0, 0, 'WITHSCORES').zrange(key, -1, -1, 'WITHSCORES');
    }
    const replies = groups.length > 0 ? await readPipeline<unknown>(pipeline) : [];
    return groups
      .flatMap(([group, stored], i): DeadLetterGroup[] => {
        const [count, first, last] = replies.slice(3 * i, 3 * i + 3) as [
          number,
          string[],
          string[],
        ];
        if (count === 0) return [];
        const { firstSeenMs, ...description } = JSON.parse(stored) as GroupDescription;
        return [
          {
            group,
            ...description,
            reasons: DEAD_LETTER_REASONS.filter((reason) => counts[`${group}|${reason}`]),
            count,
            firstSeenAt: new Date(Math.min(firstSeenMs, Number(first[1]))).toISOString(),
            lastSeenAt: new Date(Number(last[1])).toISOString(),
            failedAgain: Number(counts[`${group}|again`] ?? 0),
          },
        ];
      })
      .sort((a, b) => b.count - a.count || b.lastSeenAt.localeCompare(a.lastSeenAt));
  }

  /** The number of dead letters of each reason, and when the oldest of them died. */
  async reasons(): Promise<
    readonly { reason: DeadLetterReason; count: number; oldestAt: string }[]
  > {
    const pipeline = this.source.redis.pipeline();
    for (const key of this.keys.reasons) pipeline.zcard(key).zrange(key, 0, 0, 'WITHSCORES');
    const replies = await readPipeline<unknown>(pipeline);
    return DEAD_LETTER_REASONS.flatMap((reason, i) => {
      const [count, oldest] = replies.slice(2 * i, 2 * i + 2) as [number, string[]];
      return count > 0
        ? [{ reason, count, oldestAt: new Date(Number(oldest[1])).toISOString() }]
        : [];
    });
  }

  /** Deletes the index. The next reconciliation builds it again. */
  async clear(): Promise<void> {
    const { redis } = this.source;
    const groups = await redis.hkeys(this.keys.groups);
    await redis.unlink(
      this.keys.index,
      this.keys.entries,
      this.keys.groups,
      this.keys.counts,
      ...this.keys.reasons,
      ...groups.map((group) => this.keys.group(group)),
    );
  }

  /** Places of the reason key and the group key of an entry. For a missing entry, of unused keys. */
  placesOf(list: KeyList, entry: string): readonly [number, number] {
    if (entry === '') return [list.place(this.keys.index), list.place(this.keys.index)];
    const { reason, group } = decodeEntry(entry);
    return [list.place(this.keys.reason(reason)), list.place(this.keys.group(group))];
  }

  private async write(
    items: readonly { record: Dead; entry: IndexEntry; old: string }[],
  ): Promise<number> {
    if (items.length === 0) return 0;
    const list = new KeyList(this.keys.indexed);
    const args = items.flatMap(({ record, entry, old }) => {
      const encoded = encodeEntry(entry);
      return [
        record.id,
        record.score,
        encoded,
        old,
        JSON.stringify(describeGroup(record, entry)),
        list.place(this.keys.job(record.id)),
        list.place(this.keys.lock(record.id)),
        ...this.placesOf(list, encoded),
        ...this.placesOf(list, old),
      ];
    });
    const results = await INDEX.run(this.source.redis, list.keys, [this.maxGroups, ...args]);
    const indexed = items.filter((_item, i) => results[i]! > 0);
    items.forEach(({ record, entry }, i) => {
      if (results[i] === INDEXED.newly) this.announce(record, entry);
    });
    const homeless = items.filter((_item, i) => results[i] === INDEXED.noRoom);
    const others = homeless.map((item) => ({
      ...item,
      entry: { ...item.entry, group: OTHER_CAUSES },
    }));
    return indexed.length + (await this.write(others));
  }

  private announce({ id, name }: Dead, { reason, group, score }: IndexEntry): void {
    const failedAt = new Date(Number(score)).toISOString();
    const queue = this.source.bull.name;
    // Whoever writes the index notices the dead letters of others.
    runOutsideContext(() => deadLettered.publish({ queue, id, name, reason, group, failedAt }));
  }
}

function describeGroup(record: Dead, { group }: IndexEntry): GroupDescription {
  const firstSeenMs = Number(record.score);
  if (group === OTHER_CAUSES) {
    return { name: '*', error: '*', message: 'too many causes to distinguish', firstSeenMs };
  }
  const message = readReason(record.failedReason).message.slice(0, MESSAGE_CHARS);
  return { name: record.name, error: errorClassOf(record), message, firstSeenMs };
}
