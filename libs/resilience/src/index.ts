// For your application
export { ResilienceModule } from './resilience.module.js';
export { Bulkhead } from './bulkhead/bulkhead.decorator.js';
export { Cache } from './cache/cache.decorator.js';
export { CircuitBreaker } from './circuit-breaker/circuit-breaker.decorator.js';
export { Deadline } from './deadline/deadline.decorator.js';
export { Fallback } from './fallback/fallback.decorator.js';
export { FaultInjection } from './fault-injection/fault-injection.decorator.js';
export { Hedge } from './hedge/hedge.decorator.js';
export { RateLimit } from './rate-limit/rate-limit.decorator.js';
export { Resilient } from './resilient/resilient.decorator.js';
export { Retry } from './retry/retry.decorator.js';
export { SingleFlight } from './single-flight/single-flight.decorator.js';
export { Timeout } from './timeout/timeout.decorator.js';
export { Signal } from './signal/signal.decorator.js';
export { currentSignal } from './signal/current-signal.js';
export { ResilienceRegistry } from './resilience.registry.js';
export { ResilienceService } from './service/resilience.service.js';
export { CircuitBreakerService } from './service/circuit-breaker.service.js';
export type { NamedPolicy } from './service/named-policy.js';
export type { Attempt, ResilientOperation } from './service/resilient-operation.js';

// Options
export type { ResilienceModuleOptions } from './resilience.options.js';
export type { PolicySet } from './policy-set.js';
export type { AdaptiveBulkheadOptions, BulkheadOptions } from './bulkhead/bulkhead.options.js';
export type { CacheOptions } from './cache/cache.options.js';
export type { CallKeyOptions } from './policy/call-key.js';
export type { CircuitBreakerOptions } from './circuit-breaker/circuit-breaker.options.js';
export type {
  FallbackCondition,
  FallbackFunction,
  FallbackHandler,
  FallbackOptions,
} from './fallback/fallback.options.js';
export type { FaultInjectionOptions } from './fault-injection/fault-injection.options.js';
export type { FaultsOptions } from './fault-injection/faults.js';
export type { HedgeOptions } from './hedge/hedge.options.js';
export type { RateLimitOptions } from './rate-limit/rate-limit.options.js';
export type { RetryBudgetOptions } from './retry/retry-budget.options.js';
export type { RetryOptions } from './retry/retry.options.js';
export type { Classify, Verdict } from './classification/classify.options.js';
export type { SingleFlightOptions } from './single-flight/single-flight.options.js';
export type { PolicyDecorator } from './declaration/async-method.js';

// Errors
export { ApplicationClosedError } from './application-closed.error.js';
export { BulkheadFullError } from './bulkhead/bulkhead-full.error.js';
export { CircuitNotFoundError } from './service/circuit-not-found.error.js';
export { CircuitOpenError } from './circuit-breaker/circuit-open.error.js';
export { DeadlineExceededError } from '@loyalnest/core';
export { HedgeLostError } from './hedge/hedge-lost.error.js';
export { InjectedFaultError } from './fault-injection/injected-fault.error.js';
export { NoCallKeyError } from './policy/no-call-key.error.js';
export { RateLimitedError } from './rate-limit/rate-limited.error.js';
export { TimeoutError } from './timeout/timeout.error.js';
export { UnexpectedObservableError } from './observable/unexpected-observable.error.js';
export { UnsubscribedError } from './observable/unsubscribed.error.js';

// Events
export {
  attemptFailed,
  callRejected,
  circuitStateChanged,
  faultInjected,
  fellBack,
  hedgeStarted,
  operatorCommanded,
  resultNotCounted,
  retryBudgetExhausted,
  staleServed,
} from './resilience.events.js';
export type {
  AttemptFailed,
  CallRejected,
  CircuitStateChanged,
  FaultInjected,
  FellBack,
  HedgeStarted,
  OperatorCommanded,
  ResultNotCounted,
  RetryBudgetExhausted,
  StaleServed,
} from './resilience.events.js';

export type { CircuitCommand, CircuitCommandName } from './operator/circuit-command.js';
export type { ResilienceEvent } from './service/resilience-event.js';

// State
export type { CircuitStats, CircuitStatus } from './service/circuit-breaker.service.js';
export type { BulkheadSnapshot } from './bulkhead/bulkhead.js';
export type {
  CircuitBreaker as CircuitBreakerState,
  CircuitSnapshot,
} from './circuit-breaker/circuit-breaker.js';
export type { CircuitState, ForcedState } from './circuit-breaker/circuit-state.js';
export type { Pipeline } from './pipeline/pipeline.js';
