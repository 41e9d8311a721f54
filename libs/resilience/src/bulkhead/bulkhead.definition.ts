import { classifierOf } from '../classification/classifier.js';
import type { PolicyDefinition } from '../policy-definition.js';
import { Bulkhead } from './bulkhead.js';
import {
  resolveBulkhead,
  type BulkheadOptions,
  type ResolvedBulkhead,
} from './bulkhead.options.js';
import { BulkheadPolicy } from './bulkhead.policy.js';

export const BULKHEAD: PolicyDefinition<BulkheadOptions, ResolvedBulkhead> = {
  decorator: 'Bulkhead',
  resolve: resolveBulkhead,
  create(resolved, { path, dependency, sharedName, policies, states }) {
    const { clock, bulkheads } = states;
    const name = policies.bulkhead?.name ?? sharedName;
    const bulkhead = bulkheads.share(
      name,
      path,
      policies.bulkhead,
      () => new Bulkhead(name, resolved, clock),
    );
    const classify = classifierOf(path, policies.circuitBreaker?.classify, states.classify);
    return new BulkheadPolicy(dependency, bulkhead, clock, classify);
  },
};
