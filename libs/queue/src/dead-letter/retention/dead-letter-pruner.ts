import { LuaScript } from '@loyalnest/core/toolkit';
import { randomUUID } from 'node:crypto';
import type { DeadLetterIndex } from '../index/dead-letter-index.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import type { ResolvedRetention } from './dead-letter-retention.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { deadLettersPruned, type DeadLettersPruned } from '../dead-letter.events.js';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../dead-letter.js';
import { decodeEntry } from '../index/index-entry.js';
import { INDEX_FUNCTIONS } from '../index/index-scripts.js';
import { KeyList } from '../index/key-list.js';
import { readPages, type Scored } from '../../redis/scored-page.js';

const PAGE = 100;
/** Longer than a page takes. Each page renews it. */
const LEASE_MS = 30_000;
const JOB_PARTS = 6;

/**
 * Removes dead letters with their jobs. KEYS after those of the index: 6 lease, 7 the set whose size is
 * limited. ARGV: token, max size of that set or -1, then for each item id, score, entry, places of
 * lock, reason, group and the first key of the job.
 */
const PRUNE = new LuaScript<readonly number[]>(`${INDEX_FUNCTIONS}
local max = tonumber(ARGV[2])
local held = redis.call('GET', KEYS[6]) == ARGV[1]
local results = {}
for i = 3, #ARGV, 7 do
  local id = ARGV[i]
  local function key(n) return KEYS[tonumber(ARGV[i + n])] end
  local removed = 0
  if held and redis.call('ZSCORE', KEYS[1], id) == ARGV[i + 1] and entryOf(id) == ARGV[i + 2]
    and redis.call('EXISTS', key(3)) == 0
    and (max < 0 or redis.call('ZCARD', KEYS[7]) > max) then
    unindex(id, key(4), key(5))
    redis.call('ZREM', KEYS[1], id)
    local first = tonumber(ARGV[i + 6])
    for part = first, first + ${JOB_PARTS} - 1 do redis.call('DEL', KEYS[part]) end
    removed = 1
  end
  results[#results + 1] = removed
end
return results
`);

/** KEYS: 1 lease, 2 discarded, then the keys of each job. ARGV: token, then id and score of each. */
const PURGE = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local purged = 0
for i = 2, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('ZREM', KEYS[2], ARGV[i])
    local first = 3 + (i / 2 - 1) * ${JOB_PARTS}
    for part = first, first + ${JOB_PARTS} - 1 do redis.call('DEL', KEYS[part]) end
    purged = purged + 1
  end
end
return purged
`);

const RENEW = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

const RELEASE = new LuaScript<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/**
 * Removes dead letters that are too old or too many, oldest first, and discarded ones that can no
 * longer be restored. It never removes more than the limits require, and nothing that is being
 * redriven. One process prunes a queue at a time. Reconcile the index first.
 */
export class DeadLetterPruner {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly index: DeadLetterIndex,
    private readonly retention: ResolvedRetention,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** @returns undefined if another process is pruning the queue right now */
  async prune(signal?: AbortSignal): Promise<DeadLettersPruned | undefined> {
    const { redis, bull } = this.source;
    const token = randomUUID();
    if (!(await redis.set(this.keys.pruneLease, token, 'PX', LEASE_MS, 'NX'))) return undefined;
    try {
      const removed: Partial<Record<DeadLetterReason, number>> = {};
      const count = (reason: DeadLetterReason): void => {
        removed[reason] = (removed[reason] ?? 0) + 1;
      };
      for (const reason of DEAD_LETTER_REASONS) {
        const key = this.keys.reason(reason);
        await this.byAge(token, reason, count, signal);
        const max = this.retention.maxCountOf[reason];
        if (max !== undefined) await this.byCount(token, key, max, count, signal);
      }
      await this.byCount(token, this.keys.failed, this.retention.maxCount, count, signal);
      const discarded = await this.purge(token, signal);
      const pruned = { queue: bull.name, removed, discarded };
      if (discarded > 0 || Object.keys(removed).length > 0) deadLettersPruned.publish(pruned);
      return pruned;
    } finally {
      await RELEASE.run(redis, [this.keys.pruneLease], [token]);
    }
  }

  private async byAge(
    token: string,
    reason: DeadLetterReason,
    count: (reason: DeadLetterReason) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const before = this.source.clock.now() - this.retention.maxAgeMs[reason];
    const key = this.keys.reason(reason);
    for await (const page of readPages(this.source.redis, key, 'oldest-first', PAGE)) {
      const old = page.filter(({ score }) => Number(score) < before);
      await this.remove(token, key, -1, old, count);
      if (old.length < page.length || signal?.aborted) return;
    }
  }

  private async byCount(
    token: string,
    key: string,
    max: number,
    count: (reason: DeadLetterReason) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { redis } = this.source;
    let over = (await redis.zcard(key)) - max;
    if (over <= 0) return;
    for await (const page of readPages(redis, key, 'oldest-first', PAGE)) {
      // The script skips what is being redriven, and never removes below the limit.
      over -= await this.remove(token, key, max, page, count);
      if (over <= 0 || signal?.aborted) return;
    }
  }

  private async remove(
    token: string,
    limitedKey: string,
    max: number,
    letters: readonly Scored[],
    count: (reason: DeadLetterReason) => void,
  ): Promise<number> {
    const { redis } = this.source;
    if (letters.length === 0 || !(await this.renew(token))) return 0;
    const entries = await redis.hmget(this.keys.entries, ...letters.map(({ id }) => id));
    const indexed = letters.flatMap((letter, i) =>
      entries[i] ? [{ ...letter, entry: entries[i] }] : [],
    );
    if (indexed.length === 0) return 0;
    // The limited set is also a key of the index or of a reason, so place() would not add it.
    const list = new KeyList([...this.keys.indexed, this.keys.pruneLease, limitedKey]);
    const args = indexed.flatMap(({ id, score, entry }) => {
      const lock = list.place(this.keys.lock(id));
      const places = this.index.placesOf(list, entry);
      const [first] = this.keys.jobParts(id).map((part) => list.place(part));
      return [id, score, entry, lock, ...places, first!];
    });
    const results = await PRUNE.run(redis, list.keys, [token, max, ...args]);
    const removed = indexed.filter((_letter, i) => results[i] === 1);
    for (const { entry } of removed) count(decodeEntry(entry).reason);
    return removed.length;
  }

  private async purge(token: string, signal: AbortSignal | undefined): Promise<number> {
    const { redis, clock } = this.source;
    const before = clock.now() - this.retention.discardedForMs;
    let purged = 0;
    for await (const page of readPages(redis, this.keys.discarded, 'oldest-first', PAGE)) {
      const old = page.filter(({ score }) => Number(score) < before);
      if (old.length === 0 || signal?.aborted || !(await this.renew(token))) break;
      purged += await PURGE.run(
        redis,
        [
          this.keys.pruneLease,
          this.keys.discarded,
          ...old.flatMap(({ id }) => this.keys.jobParts(id)),
        ],
        [token, ...old.flatMap(({ id, score }) => [id, score])],
      );
      if (old.length < page.length) break;
    }
    return purged;
  }

  private async renew(token: string): Promise<boolean> {
    return (await RENEW.run(this.source.redis, [this.keys.pruneLease], [token, LEASE_MS])) === 1;
  }
}
