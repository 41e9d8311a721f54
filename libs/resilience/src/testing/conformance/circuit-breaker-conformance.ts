import type { CircuitBreakerCase } from './circuit-breaker-case.js';
import { closedCircuitCases } from './closed-circuit.cases.js';
import { halfOpenCircuitCases } from './half-open-circuit.cases.js';
import { openCircuitCases } from './open-circuit.cases.js';
import { operatedCircuitCases } from './operated-circuit.cases.js';

/**
 * The guarantees of a circuit breaker, as named cases for any test runner. Every case creates its
 * own breaker. Every case catches some breaker that looks right.
 *
 * @example
 * for (const { name, run } of circuitBreakerConformance) it(name, () => run(createMyBreaker));
 */
export const circuitBreakerConformance: readonly CircuitBreakerCase[] = [
  ...closedCircuitCases,
  ...openCircuitCases,
  ...halfOpenCircuitCases,
  ...operatedCircuitCases,
];
