// For your application
export { ResilienceModule } from './resilience.module.js';
export { CircuitBreaker } from './circuit-breaker/circuit-breaker.decorator.js';
export { Fallback } from './fallback/fallback.decorator.js';
export { Retry } from './retry/retry.decorator.js';
export { Timeout } from './timeout/timeout.decorator.js';
export { currentSignal } from './current-signal.js';
export { ResilienceRegistry } from './resilience.registry.js';

// Options
export type { ResilienceModuleOptions } from './resilience.options.js';
export type { CircuitBreakerOptions } from './circuit-breaker/circuit-breaker.options.js';
export type { RetryOptions } from './retry/retry.options.js';
export type { FallbackHandler } from './fallback/fallback.options.js';

// Errors
export { CircuitOpenError } from './circuit-breaker/circuit-open.error.js';
export { TimeoutError } from './timeout/timeout.error.js';

// Events and state
export { attemptFailed, circuitStateChanged, fellBack } from './resilience.events.js';
export type { AttemptFailed, CircuitStateChanged, FellBack } from './resilience.events.js';
export type {
  CircuitBreaker as CircuitBreakerState,
  CircuitSnapshot,
} from './circuit-breaker/circuit-breaker.js';
export type { CircuitState } from './circuit-breaker/circuit-state.js';
