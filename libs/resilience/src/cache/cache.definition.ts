import type { PolicyDefinition } from '../policy-definition.js';
import { resolveCache, type CacheOptions, type ResolvedCache } from './cache.options.js';
import { CachePolicy } from './cache.policy.js';

export const CACHE: PolicyDefinition<CacheOptions, ResolvedCache> = {
  decorator: 'Cache',
  resolve: resolveCache,
  create: (resolved, { dependency, states }) => new CachePolicy(dependency, resolved, states.clock),
};
