import { durationMs, OptionError, type Duration, type Rate } from '@loyalnest/core';
import {
  MAX_TIMER_MS,
  resolveRate,
  warnDeprecatedOption,
  wholeNumber,
  type ResolvedRate,
} from '@loyalnest/core/toolkit';

/** How fast the jobs of one merchant may start: `limit` jobs per `per`. */
export type ThrottlePlan = PlanBounds & (PlanRate | DeprecatedPlanRate);

interface PlanBounds {
  /** Max jobs that may start at once after a quiet period. @defaultValue 1 */
  readonly burst?: number;
  /** Max delay of a job. A job that would wait longer is refused. @defaultValue '1m' */
  readonly maxDelay?: Duration;
}

interface PlanRate extends Omit<Rate, 'burst'> {
  readonly rate?: undefined;
}

interface DeprecatedPlanRate {
  /**
   * Jobs per second, or jobs per another duration. Greater than 0.
   *
   * @deprecated Use `limit` and `per`.
   */
  readonly rate: number | { readonly jobs: number; readonly per: Duration };
  readonly limit?: undefined;
  readonly per?: undefined;
}

/** One job in the longest time that a timer keeps. */
const MIN_PER_SECOND = 1_000 / MAX_TIMER_MS;
const MAX_PER_SECOND = 1_000_000;

/** A plan with resolved units. */
export interface ResolvedThrottlePlan {
  readonly rate: ResolvedRate;
  readonly maxDelayMs: number;
}

/**
 * Resolves the options of a plan.
 *
 * @param path name of the plan in error messages
 * @throws OptionError for an option out of its range
 */
export function resolvePlan(path: string, plan: ThrottlePlan): ResolvedThrottlePlan {
  if (typeof plan !== 'object' || plan === null) {
    throw new OptionError(path, plan, "use a plan such as { limit: 5, per: '1s' }");
  }
  const { burst = 1, maxDelay = '1m' } = plan;
  return {
    rate: resolveRate(path, { ...limitOf(path, plan), burst }),
    maxDelayMs: durationMs(`${path}.maxDelay`, maxDelay),
  };
}

function limitOf(path: string, plan: ThrottlePlan): Pick<Rate, 'limit' | 'per'> {
  if (plan.rate === undefined) return plan;
  const { rate, limit, per }: Partial<ThrottlePlan> = plan;
  const ratePath = `${path}.rate`;
  if (limit !== undefined || per !== undefined) {
    throw new OptionError(ratePath, rate, 'remove it; limit and per replace it');
  }
  warnDeprecatedOption(ratePath, "limit and per, such as { limit: 5, per: '1s' }");
  return limitOfRate(ratePath, rate);
}

function limitOfRate(path: string, rate: DeprecatedPlanRate['rate']): Pick<Rate, 'limit' | 'per'> {
  if (typeof rate === 'object' && rate !== null) {
    const per = durationMs(`${path}.per`, rate.per, { minMs: 1 });
    const max = Math.floor((per / 1_000) * MAX_PER_SECOND);
    return { limit: wholeNumber(`${path}.jobs`, rate.jobs, { min: 1, max }), per };
  }
  // Beyond these, the error would name limit or per, which the plan does not have.
  if (!Number.isFinite(rate) || rate < MIN_PER_SECOND || rate > MAX_PER_SECOND) {
    throw new OptionError(path, rate, "use limit and per, such as { limit: 1, per: '2s' }");
  }
  // A fractional rate becomes one job per correspondingly longer time.
  return Number.isInteger(rate) ? { limit: rate, per: 1_000 } : { limit: 1, per: 1_000 / rate };
}
