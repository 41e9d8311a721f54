import type { ExecutionContext } from '@nestjs/common';
import { resolveRate, type ResolvedRate } from '@loyalnest/core/toolkit';
import type { ResolvedLimit } from './limit.options.js';
import { limitKey } from './limit-key.js';
import type { ThrottleOverride } from './throttler-metadata.js';

type MaybePromise<T> = T | Promise<T>;

/** A limit on one route. */
export interface RouteLimit {
  readonly name: string;
  readonly by: ResolvedLimit['by'];
  readonly verified: boolean;
  readonly getTracker: ThrottleOverride['getTracker'];
  rateOf(client: string, context: ExecutionContext): MaybePromise<ResolvedRate | undefined>;
  /** Set by `@Throttle`; the guard's own function counts otherwise. */
  readonly generateKey: ThrottleOverride['generateKey'];
  /** @param key names the client, and with hooks what else is counted together */
  keyOf(key: string): string;
}

/** Returns a limit that the route shares with others. */
export function sharedLimit(limit: ResolvedLimit): RouteLimit {
  const { name, by, verified } = limit;
  return {
    name,
    by,
    verified,
    getTracker: undefined,
    generateKey: undefined,
    rateOf: (client) => limit.rateOf(client),
    keyOf: (key) => limitKey(name, key),
  };
}

/**
 * Returns a limit that `@Throttle` changes on a route or a controller. It counts separately from the
 * shared limit, because two rates cannot share a count.
 *
 * @param where name of the class, or of class and method
 * @throws OptionError
 */
export function ownLimit(
  limit: ResolvedLimit,
  where: string,
  override: ThrottleOverride,
): RouteLimit {
  const { name, by, verified, rate: shared } = limit;
  const path = `@Throttle of ${where}: ${name}`;
  const resolve = (max = shared?.limit, ttl = shared?.perMs): ResolvedRate =>
    resolveRate(path, { limit: max!, per: ttl! });
  const { limit: max, ttl, getTracker, generateKey } = override;
  const isDynamic = typeof max === 'function' || typeof ttl === 'function';
  const rate = isDynamic ? undefined : resolve(max, ttl);
  return {
    name,
    by,
    verified,
    getTracker,
    rateOf: (_client, context) => rate ?? resolveLater(override, context, resolve),
    generateKey,
    keyOf: (key) => limitKey(`${name}:${where}`, key),
  };
}

async function resolveLater(
  { limit, ttl }: ThrottleOverride,
  context: ExecutionContext,
  resolve: (limit?: number, ttl?: number) => ResolvedRate,
): Promise<ResolvedRate> {
  return resolve(
    typeof limit === 'function' ? await limit(context) : limit,
    typeof ttl === 'function' ? await ttl(context) : ttl,
  );
}
