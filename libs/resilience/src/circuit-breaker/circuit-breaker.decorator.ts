import { declarePolicy, type AsyncMethod } from '../pipeline/declare-policy.js';
import type { CircuitBreakerOptions } from './circuit-breaker.options.js';

/**
 * Stops calling a dependency that keeps failing: while the circuit is open, calls reject at once
 * with CircuitOpenError.
 */
export function CircuitBreaker(options: CircuitBreakerOptions = {}) {
  return <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => declarePolicy('circuit-breaker', options)(target, key, descriptor);
}
