import { OptionError } from '@loyalnest/core';
import { resolvePlan, type ResolvedThrottlePlan, type ThrottlePlan } from './throttle-plan.js';

/** The plans of merchants, for queues that are `throttled`. */
export interface ThrottlingOptions {
  /** Plans by name. */
  readonly plans: Readonly<Record<string, ThrottlePlan>>;
  /**
   * Returns the name of a merchant's plan. It is called for every job, so it should answer from
   * memory. If it throws, returns an unknown name, or takes longer than half of `producerTimeout`,
   * the job is not throttled.
   */
  readonly planOf: (merchantId: string) => string | Promise<string>;
}

export interface ResolvedThrottling {
  readonly plans: ReadonlyMap<string, ResolvedThrottlePlan>;
  readonly planOf: ThrottlingOptions['planOf'];
}

/** @throws OptionError if `planOf` is not a function, there is no plan, or a plan is invalid */
export function resolveThrottling({ plans, planOf }: ThrottlingOptions): ResolvedThrottling {
  if (typeof planOf !== 'function') {
    const remedy = "use a function that returns the name of a merchant's plan";
    throw new OptionError('queue.throttling.planOf', planOf, remedy);
  }
  const entries = Object.entries(plans ?? {});
  if (entries.length === 0) {
    throw new OptionError('queue.throttling.plans', plans, 'add at least one plan');
  }
  return {
    plans: new Map(
      entries.map(([name, plan]) => [name, resolvePlan(`queue.throttling.plans.${name}`, plan)]),
    ),
    planOf,
  };
}
