import { resolveRate, type Cell } from '@loyalnest/core/toolkit';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { remaining, resetSeconds, retryAfterMs } from '../cell-state.js';
import type { Verdict } from './verdict.js';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts requests. It is also a storage for `ThrottlerModule` of `@nestjs/throttler`. */
export abstract class ThrottlingStorage implements ThrottlerStorage {
  /** Takes one request from every cell, or from none of them if one is full. Never rejects. */
  abstract take(cells: readonly Cell[]): Verdict | Promise<Verdict>;

  /**
   * Counts a request for the guard of `@nestjs/throttler`, in one cell of `limit` requests per `ttl`
   * milliseconds. No client is blocked for longer, so `blockDuration` has no effect.
   *
   * @throws OptionError for a limit or ttl that is not a number, such as NaN of an unset variable
   */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _blockDuration: number,
    name: string,
  ): Promise<ThrottlerStorageRecord> {
    if (limit === 0) return blocked(Math.ceil(ttl / 1_000));
    const rate = resolveRate(name, { limit, per: ttl });
    const { allowed, aheadUs } = await this.take([{ key, rate }]);
    const [ahead = 0] = aheadUs;
    return {
      totalHits: allowed ? limit - remaining(ahead, rate) : limit + 1,
      timeToExpire: resetSeconds(ahead),
      isBlocked: !allowed,
      timeToBlockExpire: allowed ? 0 : Math.ceil(retryAfterMs(ahead, rate) / 1_000),
    };
  }
}

function blocked(seconds: number): ThrottlerStorageRecord {
  return { totalHits: 1, timeToExpire: seconds, isBlocked: true, timeToBlockExpire: seconds };
}
