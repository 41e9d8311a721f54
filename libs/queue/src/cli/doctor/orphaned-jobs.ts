import { escapePattern, mastersOf, scan } from '../../admin/queue-catalog.js';
import { DeadLetterKeys } from '../../dead-letter/dead-letter-keys.js';
import type { DeadLetters } from '../../dead-letter/dead-letters.js';
import type { DeadLetterSource } from '../../dead-letter/dead-letter-source.js';
import { readPipeline } from '../../dead-letter/read-pipeline.js';
import { readPages } from '../../dead-letter/scored-page.js';

export interface Orphans {
  /** Jobs that are in no list and no set of their queue. */
  readonly ids: readonly string[];
  /** Dead letters whose job does not exist. */
  readonly bodiless: number;
  /** Lists were too long to be held in memory. */
  readonly tooMany: boolean;
}

const LISTS = ['wait', 'active', 'paused'];
const SETS = ['completed', 'failed', 'delayed', 'prioritized', 'waiting-children'];
const MOST_LISTED = 500_000;
const PAGE = 1_000;
/** Fields that only a job has. */
const JOB_FIELDS = ['name', 'timestamp'] as const;

/** Looks at every key of a queue. Jobs move while that goes on: those without a state are looked at again. */
export async function findOrphans({ source }: DeadLetters, signal: AbortSignal): Promise<Orphans> {
  if (!(await canHoldLists(source))) return { ids: [], bodiless: 0, tooMany: true };
  const suspects: string[] = [];
  const listed = await listedIds(source);
  for await (const ids of jobKeys(source)) {
    suspects.push(...(await stateless(source, ids, listed)));
    if (signal.aborted) break;
  }
  const listedSince = suspects.length > 0 ? await listedIds(source) : listed;
  const ids = await stateless(source, [...new Set(suspects)], listedSince);
  return { ids, bodiless: await countBodiless(source, signal), tooMany: false };
}

async function canHoldLists({ redis, bull }: DeadLetterSource): Promise<boolean> {
  const lengths = await Promise.all(LISTS.map((list) => redis.llen(bull.toKey(list))));
  return lengths.reduce((sum, length) => sum + length, 0) <= MOST_LISTED;
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

/** Ids of what may be jobs, by their keys; the keys of a job's parts and of the queue have a colon. */
async function* jobKeys({ redis, bull }: DeadLetterSource): AsyncGenerator<readonly string[]> {
  const prefix = bull.toKey('');
  for (const node of mastersOf(redis)) {
    for await (const keys of scan(node, `${escapePattern(prefix)}*`, PAGE)) {
      const ids = keys.map((key) => key.slice(prefix.length)).filter((id) => !id.includes(':'));
      if (ids.length > 0) yield ids;
    }
  }
}

/** Those of the ids that are jobs, and in no state. */
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
