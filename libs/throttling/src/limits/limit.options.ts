import { OptionError, type Clock, type Rate } from '@loyalnest/core';
import { resolveRate, type ResolvedRate } from '@loyalnest/core/toolkit';
import { refuseThrottlerOptions } from '../replaced-options.js';
import { PlanRates, type Plans } from '../plans/plan-rates.js';
import type { ThrottledRequest } from '../throttled-request.js';

/** Returns the client of a request. Undefined if the limit does not count for the request. */
export type ClientOf = (request: ThrottledRequest) => string | undefined;

/** A limit that all routes or a group of routes share. */
export type ThrottlingLimit = LimitScope & (Rate | Plans);

interface LimitScope {
  /**
   * Name in headers, events, metrics, `@Throttle` and `@SkipThrottle`: a letter, then letters, digits and
   * dashes; at most 40 characters.
   */
  readonly name: string;
  /**
   * Which requests are counted together: those of an address, those of a merchant (see the module's
   * option `merchant`), or those of a client that a function returns. A client name longer than 64
   * characters, or with characters other than letters, digits and `._:/-`, is hashed.
   */
  readonly by: 'ip' | 'merchant' | ClientOf;
  /** If false, the limit counts only on routes with `@ApplyLimits(name)`. @defaultValue true */
  readonly everywhere?: boolean;
  /**
   * If true, the limit counts after all guards, instead of before them. Use it if a guard verifies the
   * client: otherwise a stranger could use up the client's limit. It costs a second request to Redis.
   *
   * @defaultValue false
   */
  readonly verified?: boolean;
}

/** A checked limit, with defaults filled in. */
export interface ResolvedLimit {
  readonly name: string;
  readonly by: 'ip' | 'merchant' | ClientOf;
  readonly everywhere: boolean;
  readonly verified: boolean;
  /** The same for all clients, unless there are plans. */
  readonly rate: ResolvedRate | undefined;
  rateOf(client: string): ResolvedRate | undefined | Promise<ResolvedRate | undefined>;
}

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;

/** @throws OptionError */
export function resolveLimits(
  limits: readonly ThrottlingLimit[],
  timeoutMs: number,
  clock: Clock,
): readonly ResolvedLimit[] {
  if (!Array.isArray(limits) || limits.length === 0) {
    const remedy = "list at least one, such as { name: 'ip', by: 'ip', limit: 100, per: '1m' }";
    throw new OptionError('throttling.limits', limits, remedy);
  }
  const names = new Set<string>();
  return limits.map((limit, i) => {
    const path = `throttling.limits[${i}]`;
    if (typeof limit !== 'object' || limit === null) {
      throw new OptionError(
        path,
        limit,
        "use a limit such as { name: 'ip', by: 'ip', limit, per }",
      );
    }
    refuseThrottlerOptions(path, limit);
    const { name, by, everywhere = true, verified = false } = limit;
    if (typeof name !== 'string' || !NAME.test(name)) {
      const remedy = "use a letter, then letters, digits and dashes, such as 'ip'";
      throw new OptionError(`${path}.name`, name, remedy);
    }
    if (names.has(name)) throw new OptionError(`${path}.name`, name, 'give each limit its own');
    names.add(name);
    if (by !== 'ip' && by !== 'merchant' && typeof by !== 'function') {
      throw new OptionError(`${path}.by`, by, "use 'ip', 'merchant' or a function");
    }
    const scope = { name, by, everywhere, verified };
    if (!('plans' in limit)) {
      const rate = resolveRate(path, limit);
      return { ...scope, rate, rateOf: () => rate };
    }
    const plans = new PlanRates(path, limit, timeoutMs, clock);
    return { ...scope, rate: undefined, rateOf: (client) => plans.rateOf(client) };
  });
}
