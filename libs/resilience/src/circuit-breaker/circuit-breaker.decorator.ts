import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { CircuitBreakerOptions } from './circuit-breaker.options.js';

/**
 * Stops calls to a dependency that keeps failing: while the circuit is open, calls reject at once
 * with CircuitOpenError.
 */
export function CircuitBreaker(options: CircuitBreakerOptions = {}): PolicyDecorator {
  return declarePolicy({ circuitBreaker: options });
}
