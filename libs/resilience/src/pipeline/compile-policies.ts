import { Bulkhead } from '../bulkhead/bulkhead.js';
import { resolveBulkhead } from '../bulkhead/bulkhead.options.js';
import { BulkheadPolicy } from '../bulkhead/bulkhead.policy.js';
import { resolveCache } from '../cache/cache.options.js';
import { CachePolicy } from '../cache/cache.policy.js';
import { resolveCircuitBreaker } from '../circuit-breaker/circuit-breaker.options.js';
import { CircuitBreakerPolicy } from '../circuit-breaker/circuit-breaker.policy.js';
import { CircuitBreakers } from '../circuit-breaker/circuit-breakers.js';
import { CALLERS_DEADLINE, resolveDeadline } from '../deadline/deadline.options.js';
import { DeadlinePolicy } from '../deadline/deadline.policy.js';
import { FallbackPolicy } from '../fallback/fallback.policy.js';
import { resolveFaultInjection } from '../fault-injection/fault-injection.options.js';
import { FaultInjectionPolicy } from '../fault-injection/fault-injection.policy.js';
import { resolveHedge } from '../hedge/hedge.options.js';
import { HedgePolicy } from '../hedge/hedge.policy.js';
import type { PolicyStates } from '../policy-states.js';
import { resolveRateLimit } from '../rate-limit/rate-limit.options.js';
import { RateLimitPolicy } from '../rate-limit/rate-limit.policy.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import { RetryBudget } from '../retry/retry-budget.js';
import { resolveRetryBudget } from '../retry/retry-budget.options.js';
import { resolveRetry } from '../retry/retry.options.js';
import { RetryPolicy } from '../retry/retry.policy.js';
import { SingleFlightPolicy } from '../single-flight/single-flight.policy.js';
import { resolveTimeout } from '../timeout/timeout.options.js';
import { TimeoutPolicy } from '../timeout/timeout.policy.js';
import { checkCombination } from './check-combination.js';
import type { PolicySet } from '../policy-set.js';
import type { Policy } from '../policy/policy.js';

export interface PolicyNames {
  /** `Class.method` */
  readonly path: string;
  /** What the events call it: the breaker's name, else the named set's, else the path. */
  readonly dependency: string;
  /** Under which state is shared that declares no name of its own. */
  readonly shared: string;
  readonly returnsObservable: boolean;
}

/** Resolves what is declared and makes the policies of one method, in no particular order. */
export function compilePolicies(
  declared: PolicySet,
  { path, dependency, shared, returnsObservable }: PolicyNames,
  states: PolicyStates,
): Policy[] {
  const { clock, random, faults, ending, warn } = states;
  const at = (decorator: string): string => `${path} @${decorator}`;
  const use = <Options, Resolved>(
    options: Options | undefined,
    resolve: (options: Options) => Resolved,
  ): Resolved | undefined => (options === undefined ? undefined : resolve(options));

  const cache = use(declared.cache, (options) => resolveCache(at('Cache'), options));
  const deadline = use(declared.deadline, (value) => resolveDeadline(at('Deadline'), value));
  const rateLimit = use(declared.rateLimit, (options) =>
    resolveRateLimit(at('RateLimit'), options),
  );
  const bulkhead = use(declared.bulkhead, (options) => resolveBulkhead(at('Bulkhead'), options));
  const retry = use(declared.retry, (options) => resolveRetry(at('Retry'), options, random));
  const breaker = use(declared.circuitBreaker, (options) =>
    resolveCircuitBreaker(at('CircuitBreaker'), options),
  );
  const hedge = use(declared.hedge, (options) => resolveHedge(at('Hedge'), options));
  const timeout = use(declared.timeout, (value) => resolveTimeout(at('Timeout'), value));
  const faultInjection = use(declared.faultInjection, (options) =>
    resolveFaultInjection(at('FaultInjection'), options),
  );
  checkCombination(
    {
      path,
      returnsObservable,
      cache,
      singleFlight: declared.singleFlight,
      deadlineMs: deadline?.deadlineMs,
      rateLimit,
      bulkhead,
      retry,
      breaker,
      hedge,
      timeoutMs: timeout?.timeoutMs,
    },
    warn,
  );

  const policies: Policy[] = [];
  if (declared.fallback) policies.push(new FallbackPolicy(dependency, declared.fallback));
  if (cache) policies.push(new CachePolicy(dependency, cache, clock));
  if (declared.singleFlight) {
    policies.push(new SingleFlightPolicy(dependency, declared.singleFlight, clock));
  }
  // A timeout of the attempts ends at the caller's deadline, too.
  if (deadline || !timeout) {
    policies.push(new DeadlinePolicy(dependency, deadline ?? CALLERS_DEADLINE, clock));
  }
  if (rateLimit) {
    const name = declared.rateLimit!.name ?? shared;
    const limiter = states.rateLimiters.share(
      name,
      at('RateLimit'),
      declared.rateLimit,
      () => new RateLimiter(name, rateLimit, clock),
    );
    policies.push(new RateLimitPolicy(dependency, limiter, rateLimit, clock));
  }
  if (bulkhead) {
    const name = declared.bulkhead!.name ?? shared;
    const places = states.bulkheads.share(
      name,
      at('Bulkhead'),
      declared.bulkhead,
      () => new Bulkhead(name, bulkhead, clock),
    );
    policies.push(new BulkheadPolicy(dependency, places, clock));
  }
  const budget = budgetOf(declared, dependency, at('Retry'), states);
  if (retry) policies.push(new RetryPolicy(dependency, retry, { clock, budget, warn, ending }));
  if (breaker) {
    const name = declared.circuitBreaker!.name ?? shared;
    const breakers = states.breakers.share(
      name,
      at('CircuitBreaker'),
      declared.circuitBreaker,
      () => new CircuitBreakers(name, breaker, clock),
    );
    policies.push(new CircuitBreakerPolicy(breakers, breaker));
  }
  if (hedge) policies.push(new HedgePolicy(dependency, hedge, clock, budget, !retry));
  if (timeout) policies.push(new TimeoutPolicy(dependency, timeout, clock));
  if (faultInjection) {
    policies.push(new FaultInjectionPolicy(dependency, faultInjection, faults, clock, random));
  }
  return policies;
}

/** The budget that retries and hedges of a dependency share; undefined where there is no limit. */
function budgetOf(
  { retry, hedge }: PolicySet,
  dependency: string,
  path: string,
  { budgets, clock }: PolicyStates,
): RetryBudget | undefined {
  if ((!retry && !hedge) || retry?.budget === false) return undefined;
  const options = retry?.budget ?? {};
  const resolved = resolveRetryBudget(`${path}.budget`, options);
  return budgets.share(
    dependency,
    `${path}.budget`,
    options,
    () => new RetryBudget(dependency, resolved, clock),
  );
}
