import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** How fast the jobs of one merchant may start. */
export interface ThrottlePlan {
  /** Jobs per second, or jobs per any time. Greater than 0. */
  readonly rate: number | { readonly jobs: number; readonly per: Duration };
  /** Jobs that may start at once after a quiet time. @defaultValue 1 */
  readonly burst?: number;
  /** The longest delay a job is given; one that would wait longer is refused. @defaultValue '1m' */
  readonly maxDelay?: Duration;
}

export interface ThrottlingOptions {
  /** By the name that `planOf` gives. */
  readonly plans: Readonly<Record<string, ThrottlePlan>>;
  /**
   * Name of a merchant's plan. Asked at every enqueueing, so it should answer from memory. When it
   * throws, names no plan, or takes longer than `producerTimeout`, the job is not throttled.
   */
  readonly planOf: (merchantId: string) => string | Promise<string>;
}

export interface ResolvedThrottlePlan {
  /** Distance of two jobs at the plan's rate. */
  readonly intervalMs: number;
  readonly burst: number;
  readonly maxDelayMs: number;
}

export interface ResolvedThrottling {
  readonly plans: ReadonlyMap<string, ResolvedThrottlePlan>;
  readonly planOf: ThrottlingOptions['planOf'];
}

/** @throws OptionError */
export function resolveThrottling({ plans, planOf }: ThrottlingOptions): ResolvedThrottling {
  if (typeof planOf !== 'function') {
    const remedy = 'use a function that names the plan of a merchant';
    throw new OptionError('queue.throttling.planOf', planOf, remedy);
  }
  return { plans: resolvePlans(plans), planOf };
}

function resolvePlans(
  plans: ThrottlingOptions['plans'],
): ReadonlyMap<string, ResolvedThrottlePlan> {
  const names = Object.keys(plans ?? {});
  if (names.length === 0) {
    throw new OptionError('queue.throttling.plans', plans, 'name at least one plan');
  }
  return new Map(
    names.map((name) => {
      const path = `queue.throttling.plans.${name}`;
      const { rate, burst = 1, maxDelay = '1m' } = plans[name]!;
      return [
        name,
        {
          intervalMs: intervalMs(`${path}.rate`, rate),
          burst: wholeNumber(`${path}.burst`, burst, { min: 1 }),
          maxDelayMs: durationMs(`${path}.maxDelay`, maxDelay),
        },
      ];
    }),
  );
}

function intervalMs(path: string, rate: ThrottlePlan['rate']): number {
  if (typeof rate === 'object' && rate !== null) {
    const jobs = wholeNumber(`${path}.jobs`, rate.jobs, { min: 1 });
    return durationMs(`${path}.per`, rate.per, { minMs: 1 }) / jobs;
  }
  if (Number.isFinite(rate) && rate > 0) return 1_000 / rate;
  throw new OptionError(path, rate, "use jobs per second above 0, or { jobs: 100, per: '1m' }");
}
