import { durationMs, type Duration } from '@loyalnest/core';
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
    const { timeout, deadline, hedge } = policies;
    return new CircuitBreakerPolicy(breakers, resolved, {
      clock: states.clock,
      slowAfterMs: slowAfterMs(timeout ?? deadline ?? states.requestTimeoutMs),
      endsOnAbort: timeout !== undefined || hedge !== undefined,
    });
  },
};

/** Used if nothing limits the time of a call: the default timeout of a breaker without a declaration. */
const DEFAULT_LIMIT_MS = 10_000;

/** A call that was ended after half of its time limit was slow. */
function slowAfterMs(limit: Duration): number {
  const limitMs = limit === Infinity ? DEFAULT_LIMIT_MS : durationMs('timeout', limit);
  return limitMs / 2;
}
