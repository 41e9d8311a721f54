import type { DeadLetters } from '@loyalnest/queue';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const LISTS = ['wait', 'active'] as const;
const SETS = ['delayed', 'prioritized', 'completed', 'failed', 'dead-letters:discarded'] as const;

export type Place = (typeof LISTS)[number] | (typeof SETS)[number];

/** Reads the Redis keys of a queue directly, bypassing the code that writes them. */
export class QueueAudit {
  constructor(
    private readonly redis: Redis,
    private readonly bull: Queue,
  ) {}

  /** All places of each job at one moment. A job that is twice in one place has it twice. */
  async places(ids: readonly string[]): Promise<Readonly<Record<string, readonly Place[]>>> {
    const reads = this.redis.multi();
    for (const list of LISTS) reads.lrange(this.bull.toKey(list), 0, -1);
    for (const set of SETS) reads.zrange(this.bull.toKey(set), 0, -1);
    const replies = (await reads.exec())!.map(([error, members]) => {
      if (error) throw error;
      return members as string[];
    });
    const places: Record<string, Place[]> = Object.fromEntries(ids.map((id) => [id, []]));
    [...LISTS, ...SETS].forEach((place, i) => {
      for (const id of replies[i]!) places[id]?.push(place);
    });
    return places;
  }

  /** Descriptions of the jobs that are not in exactly one place, or not in an allowed one. */
  async astray(ids: readonly string[], allowed: readonly Place[]): Promise<readonly string[]> {
    const places = Object.entries(await this.places(ids));
    return places
      .filter(([, [first, ...others]]) => !first || others.length > 0 || !allowed.includes(first))
      .map(([id, found]) => `${id}: ${found.join(' and ') || 'nowhere'}`);
  }

  /** Reconciles the dead-letter index, then expects every part of it to match the failed set. */
  async expectIndexIsFailedSet(letters: DeadLetters): Promise<void> {
    await letters.reconcile({ full: true });
    const scores = (key: string): Promise<string[]> =>
      this.redis.zrange(this.bull.toKey(key), 0, -1, 'WITHSCORES');
    const failed = await scores('failed');
    expect(await scores('dead-letters:index')).toEqual(failed);
    const ids = failed.filter((_part, i) => i % 2 === 0).toSorted();
    const entries = await this.redis.hkeys(this.bull.toKey('dead-letters:entries'));
    expect(entries.toSorted()).toEqual(ids);
    const [reasons, groups] = await Promise.all([letters.reasons(), letters.groups()]);
    for (const counted of [reasons, groups]) {
      expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(ids.length);
    }
  }
}
