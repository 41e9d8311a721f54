import type { PolicyDefinition } from '../policy-definition.js';
import {
  renamed,
  resolveRateLimit,
  type RateLimitOptions,
  type ResolvedRateLimit,
} from './rate-limit.options.js';
import { RateLimitPolicy } from './rate-limit.policy.js';
import { RateLimiter } from './rate-limiter.js';

export const RATE_LIMIT: PolicyDefinition<RateLimitOptions, ResolvedRateLimit> = {
  decorator: 'RateLimit',
  resolve: resolveRateLimit,
  create(resolved, { path, dependency, sharedName, policies, states }) {
    const { clock, rateLimiters } = states;
    const name = policies.rateLimit?.name ?? sharedName;
    const limiter = rateLimiters.share(
      name,
      path,
      renamed(policies.rateLimit!),
      () => new RateLimiter(name, resolved, clock),
    );
    return new RateLimitPolicy(dependency, limiter, resolved, clock);
  },
};
