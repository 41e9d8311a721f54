import { DeadLetterKeys } from '../dead-letter/dead-letter-keys.js';
import type { DeadLetterSource } from '../dead-letter/dead-letter-source.js';
import type { DeadLetters } from '../dead-letter/dead-letters.js';
import { readPages } from '../redis/scored-page.js';
import { readPipeline } from '../redis/read-pipeline.js';
import { mastersOf, scanKeys } from '../redis/scan-keys.js';

/** Keys of a queue that no job accounts for, and jobs that no worker will ever take. */
export interface Orphans {
  /** Ids of jobs that are in no list and no set of their queue. */
  readonly ids: readonly string[];
  /** Keys of job parts, such as logs, whose job does not exist. */
  readonly parts: readonly string[];
  /** Number of dead letters whose job does not exist. */
  readonly bodiless: number;
  /** Whether the queue has more jobs than fit into memory; then nothing was searched. */
  readonly tooMany: boolean;
}

const LISTS = ['wait', 'active', 'paused'];
const SETS = ['completed', 'failed', 'delayed', 'prioritized', 'waiting-children'];
/** Endings of the keys that BullMQ keeps for a job and removes with it. */
const PART = /:(?:logs|dependencies|processed|failed|unsuccessful)$/;
const MAX_LISTED = 500_000;
const PAGE = 1_000;
/** Every job has these fields, and no other hash has both. */
const JOB_FIELDS = ['name', 'timestamp'] as const;

/**
 * Searches every key of a queue for orphans. Jobs move during the search, so a job without a state is
 * checked again at the end.
 *
 * @param signal stops the search between two batches of keys
 */
export async function findOrphans({ source }: DeadLetters, signal: AbortSignal): Promise<Orphans> {
  if (!(await canHoldLists(source))) return { ids: [], parts: [], bodiless: 0, tooMany: true };
  const suspects: string[] = [];
  const parts: string[] = [];
  const listed = await listedIds(source);
  for await (const names of queueKeys(source)) {
    // A job id has no colon; the keys of the queue and of job parts have one.
    const ids = names.filter((name) => !name.includes(':'));
    suspects.push(...(await stateless(source, ids, listed)));
    parts.push(...(await withoutJob(source, names)));
    if (signal.aborted) break;
  }
  const listedSince = suspects.length > 0 ? await listedIds(source) : listed;
  const ids = await stateless(source, [...new Set(suspects)], listedSince);
  return {
    ids,
    // BullMQ may have removed the job and its parts since.
    parts: await withoutJob(source, [...new Set(parts)]),
    bodiless: await countBodiless(source, signal),
    tooMany: false,
  };
}

async function canHoldLists({ redis, bull }: DeadLetterSource): Promise<boolean> {
  const lengths = await Promise.all(LISTS.map((list) => redis.llen(bull.toKey(list))));
  return lengths.reduce((sum, length) => sum + length, 0) <= MAX_LISTED;
}

async function listedIds({ redis, bull }: DeadLetterSource): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const list of LISTS) {
    for (let from = 0; ; from += PAGE) {
      const page = await redis.lrange(bull.toKey(list), from, from + PAGE - 1);
      for (const id of page) ids.add(id);
      if (page.length < PAGE) break;
    }
  }
  return ids;
}

/** The keys of a queue without its prefix, in batches. */
async function* queueKeys({ redis, bull }: DeadLetterSource): AsyncGenerator<readonly string[]> {
  const prefix = bull.toKey('');
  for (const node of mastersOf(redis)) {
    for await (const keys of scanKeys(node, prefix)) {
      yield keys.map((key) => key.slice(prefix.length));
    }
  }
}

/** Selects the keys that are parts of a job that does not exist. */
async function withoutJob(
  { redis, bull }: DeadLetterSource,
  names: readonly string[],
): Promise<readonly string[]> {
  const parts = names.filter((name) => PART.test(name));
  if (parts.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const part of parts) {
    pipeline.exists(bull.toKey(part.replace(PART, '')));
    pipeline.exists(bull.toKey(part));
  }
  const exist = await readPipeline<number>(pipeline);
  return parts.filter((_part, i) => exist[2 * i] === 0 && exist[2 * i + 1] === 1);
}

/** Selects the ids of jobs that are in no state. */
async function stateless(
  { redis, bull }: DeadLetterSource,
  ids: readonly string[],
  listed: ReadonlySet<string>,
): Promise<readonly string[]> {
  const open = ids.filter((id) => !listed.has(id));
  if (open.length === 0) return [];
  const sets = [...SETS.map((set) => bull.toKey(set)), new DeadLetterKeys(bull).discarded];
  const types = redis.pipeline();
  for (const id of open) types.type(bull.toKey(id));
  const kinds = await readPipeline<string>(types);
  const hashes = open.filter((_id, i) => kinds[i] === 'hash');
  if (hashes.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of hashes) {
    for (const set of sets) pipeline.zscore(set, id);
    pipeline.hmget(bull.toKey(id), ...JOB_FIELDS);
  }
  const replies = await readPipeline<unknown>(pipeline);
  const width = sets.length + 1;
  return hashes.filter((_id, i) => {
    const row = replies.slice(i * width, (i + 1) * width);
    const fields = row.at(-1) as (string | null)[];
    return (
      fields.every((field) => field !== null) && row.slice(0, -1).every((score) => score === null)
    );
  });
}

async function countBodiless(
  { redis, bull }: DeadLetterSource,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for await (const page of readPages(redis, bull.toKey('failed'), 'oldest-first', PAGE)) {
    const pipeline = redis.pipeline();
    for (const { id } of page) pipeline.exists(bull.toKey(id));
    count += (await readPipeline<number>(pipeline)).filter((exists) => exists === 0).length;
    if (signal.aborted) break;
  }
  return count;
}
