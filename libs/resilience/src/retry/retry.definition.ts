import type { PolicyDefinition } from '../policy-definition.js';
import { resolveRetry, type ResolvedRetry, type RetryOptions } from './retry.options.js';
import { RetryPolicy } from './retry.policy.js';
import { sharedRetryBudget } from './shared-retry-budget.js';

export const RETRY: PolicyDefinition<RetryOptions, ResolvedRetry> = {
  decorator: 'Retry',
  resolve: resolveRetry,
  create(resolved, site) {
    const { clock, warn, ending } = site.states;
    const budget = sharedRetryBudget(site);
    return new RetryPolicy(site.dependency, resolved, { clock, budget, warn, ending });
  },
};
