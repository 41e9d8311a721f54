import type { Duration } from '@loyalnest/core';
import type { BulkheadOptions } from './bulkhead/bulkhead.options.js';
import type { CacheOptions } from './cache/cache.options.js';
import type { CircuitBreakerOptions } from './circuit-breaker/circuit-breaker.options.js';
import type { FallbackOptions } from './fallback/fallback.options.js';
import type { FaultInjectionOptions } from './fault-injection/fault-injection.options.js';
import type { HedgeOptions } from './hedge/hedge.options.js';
import { mergeRateLimit, type RateLimitOptions } from './rate-limit/rate-limit.options.js';
import type { RetryOptions } from './retry/retry.options.js';
import type { SingleFlightOptions } from './single-flight/single-flight.options.js';

/** Policies that belong together, such as those of one dependency. */
export interface PolicySet {
  readonly fallback?: FallbackOptions;
  readonly cache?: CacheOptions;
  readonly singleFlight?: SingleFlightOptions;
  /** How long a whole call may take, with all its attempts and waits. */
  readonly deadline?: Duration;
  readonly rateLimit?: RateLimitOptions;
  readonly bulkhead?: BulkheadOptions;
  readonly retry?: RetryOptions;
  readonly circuitBreaker?: CircuitBreakerOptions;
  readonly hedge?: HedgeOptions;
  /** How long one attempt may take. */
  readonly timeout?: Duration;
  readonly faultInjection?: FaultInjectionOptions;
}

/**
 * Merges policies that were declared in several places. The later one wins, field by field, so a
 * method can change one option of its class or named set and keep the others.
 */
export function mergePolicies(...sets: readonly (PolicySet | undefined)[]): PolicySet {
  const merged: Record<string, unknown> = {};
  for (const set of sets) {
    for (const [kind, options] of Object.entries(set ?? {})) {
      if (options === undefined) continue;
      const known = merged[kind];
      const both = isOptions(known) && isOptions(options);
      if (!both) merged[kind] = options;
      else if (kind === 'rateLimit')
        merged[kind] = mergeRateLimit(known as RateLimitOptions, options as RateLimitOptions);
      else merged[kind] = { ...known, ...options };
    }
  }
  return merged;
}

/** Applies the defaults of the module to the declared policies. Defaults do not enable a policy. */
export function withDefaults(defaults: PolicySet, declared: PolicySet): PolicySet {
  const applied = Object.fromEntries(
    Object.entries(defaults).filter(([kind]) => Object.hasOwn(declared, kind)),
  );
  return mergePolicies(applied, declared);
}

function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
