import type { PolicySite } from '../policy-definition.js';
import { RetryBudget } from './retry-budget.js';
import { resolveRetryBudget } from './retry-budget.options.js';

/**
 * The budget that the retries and hedges of a dependency share; undefined if `budget: false`.
 *
 * @throws OptionError if it was declared elsewhere with different options
 */
export function sharedRetryBudget({
  policies,
  dependency,
  methodPath,
  states,
}: PolicySite): RetryBudget | undefined {
  if (policies.retry?.budget === false) return undefined;
  const options = policies.retry?.budget ?? {};
  const path = `${methodPath} @Retry.budget`;
  const resolved = resolveRetryBudget(path, options);
  return states.budgets.share(
    dependency,
    path,
    options,
    () => new RetryBudget(dependency, resolved, states.clock),
  );
}
