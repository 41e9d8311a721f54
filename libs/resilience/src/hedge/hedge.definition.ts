import type { PolicyDefinition } from '../policy-definition.js';
import { sharedRetryBudget } from '../retry/shared-retry-budget.js';
import { resolveHedge, type HedgeOptions, type ResolvedHedge } from './hedge.options.js';
import { HedgePolicy } from './hedge.policy.js';

export const HEDGE: PolicyDefinition<HedgeOptions, ResolvedHedge> = {
  decorator: 'Hedge',
  resolve: resolveHedge,
  create(resolved, site) {
    const { dependency, policies, states } = site;
    const countsCalls = policies.retry === undefined;
    return new HedgePolicy(
      dependency,
      resolved,
      states.clock,
      sharedRetryBudget(site),
      countsCalls,
    );
  },
};
