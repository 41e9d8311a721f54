import type { PolicyDefinition } from '../policy-definition.js';
import {
  resolveCircuitBreaker,
  type CircuitBreakerOptions,
  type ResolvedCircuitBreaker,
} from './circuit-breaker.options.js';
import { CircuitBreakerPolicy } from './circuit-breaker.policy.js';
import { CircuitBreakers } from './circuit-breakers.js';

export const CIRCUIT_BREAKER: PolicyDefinition<CircuitBreakerOptions, ResolvedCircuitBreaker> = {
  decorator: 'CircuitBreaker',
  resolve: resolveCircuitBreaker,
  create(resolved, { path, sharedName, policies, states }) {
    const name = policies.circuitBreaker?.name ?? sharedName;
    const breakers = states.breakers.share(
      name,
      path,
      policies.circuitBreaker,
      () => new CircuitBreakers(name, resolved, states.clock),
    );
    return new CircuitBreakerPolicy(breakers, resolved);
  },
};
