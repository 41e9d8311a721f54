import type { DeadLetterSource } from '../dead-letter/dead-letter-source.js';
import { isTime, parseData } from '../dead-letter/record/job-record.js';
import { readPipeline } from '../redis/read-pipeline.js';

/** BullMQ's score of a prioritized job is its priority times this, plus a counter. */
const PRIORITY_SPAN = 2 ** 32;
/** Max number of priorities that are read. Jobs of later priorities are not considered. */
const MAX_PRIORITIES = 20;

/**
 * When the oldest waiting job could first have run: when it was enqueued, or when its delay ended. In
 * milliseconds since 1970; undefined if no job waits. It reads the next job and the oldest one of each
 * priority, so its cost does not grow with the queue.
 */
export async function oldestWaiting({
  bull,
  redis,
}: DeadLetterSource): Promise<number | undefined> {
  const ids = [
    await redis.lindex(bull.toKey('wait'), -1),
    ...(await firstOfPriorities({ bull, redis })),
  ].filter((id) => id !== null);
  if (ids.length === 0) return undefined;
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hmget(bull.toKey(id), 'timestamp', 'opts');
  const since = (await readPipeline<(string | null)[]>(pipeline))
    .flatMap(([timestamp, opts]) => (timestamp ? [Number(timestamp) + delayOf(opts)] : []))
    .filter(isTime);
  return since.length === 0 ? undefined : Math.min(...since);
}

async function firstOfPriorities({
  bull,
  redis,
}: Pick<DeadLetterSource, 'bull' | 'redis'>): Promise<readonly string[]> {
  const ids: string[] = [];
  let from = 0;
  while (ids.length < MAX_PRIORITIES) {
    const found = await redis.zrangebyscore(
      bull.toKey('prioritized'),
      from,
      '+inf',
      'WITHSCORES',
      'LIMIT',
      0,
      1,
    );
    const [id, score] = found;
    if (id === undefined) break;
    ids.push(id);
    from = (Math.floor(Number(score) / PRIORITY_SPAN) + 1) * PRIORITY_SPAN;
  }
  return ids;
}

function delayOf(opts: string | null | undefined): number {
  const { delay } = (parseData(opts ?? '{}') ?? {}) as { readonly delay?: unknown };
  return typeof delay === 'number' ? delay : 0;
}
