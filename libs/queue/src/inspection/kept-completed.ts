import type { DeadLetters } from '../dead-letter/dead-letters.js';
import { parseData } from '../dead-letter/record/job-record.js';

/**
 * How long the newest completed job is kept, in milliseconds. Undefined if no job is kept by age, or no
 * job has completed.
 */
export async function keptCompletedMs({ source }: DeadLetters): Promise<number | undefined> {
  const { bull, redis } = source;
  const [newest] = await redis.zrange(bull.toKey('completed'), -1, -1);
  const opts = newest === undefined ? null : await redis.hget(bull.toKey(newest), 'opts');
  const { removeOnComplete: kept } = (parseData(opts ?? '{}') ?? {}) as {
    readonly removeOnComplete?: boolean | { readonly age?: number };
  };
  return typeof kept === 'object' && kept.age !== undefined ? kept.age * 1_000 : undefined;
}
