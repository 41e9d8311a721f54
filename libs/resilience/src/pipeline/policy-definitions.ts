import { BULKHEAD } from '../bulkhead/bulkhead.definition.js';
import { CACHE } from '../cache/cache.definition.js';
import { CIRCUIT_BREAKER } from '../circuit-breaker/circuit-breaker.definition.js';
import { DEADLINE } from '../deadline/deadline.definition.js';
import { FALLBACK } from '../fallback/fallback.definition.js';
import { FAULT_INJECTION } from '../fault-injection/fault-injection.definition.js';
import { HEDGE } from '../hedge/hedge.definition.js';
import type { PolicyDefinition } from '../policy-definition.js';
import type { PolicySet } from '../policy-set.js';
import { RATE_LIMIT } from '../rate-limit/rate-limit.definition.js';
import { RETRY } from '../retry/retry.definition.js';
import { SINGLE_FLIGHT } from '../single-flight/single-flight.definition.js';
import { TIMEOUT } from '../timeout/timeout.definition.js';

/** Every policy, under the name of its options in a `PolicySet`. */
export const POLICY_DEFINITIONS = {
  fallback: FALLBACK,
  cache: CACHE,
  singleFlight: SINGLE_FLIGHT,
  deadline: DEADLINE,
  rateLimit: RATE_LIMIT,
  bulkhead: BULKHEAD,
  retry: RETRY,
  circuitBreaker: CIRCUIT_BREAKER,
  hedge: HEDGE,
  timeout: TIMEOUT,
  faultInjection: FAULT_INJECTION,
} satisfies { readonly [Name in keyof PolicySet]-?: PolicyDefinition<never, unknown> };

type Definitions = typeof POLICY_DEFINITIONS;

/** The resolved options of the policies that one method has. */
export type ResolvedPolicies = {
  readonly [Name in keyof Definitions]?: ReturnType<Definitions[Name]['resolve']>;
};
