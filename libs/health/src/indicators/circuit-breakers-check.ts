import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** The part of a circuit breaker that the check uses. Opossum's breakers have it. */
export interface CheckedBreaker {
  readonly name: string;
  readonly opened: boolean;
  readonly halfOpen: boolean;
}

/**
 * Degraded while any circuit is not closed. For breakers outside of ResilienceModule, which has its
 * own check.
 *
 * @example
 * new CircuitBreakersCheck(() => [smsBreaker, mailBreaker])
 */
export class CircuitBreakersCheck implements HealthContributor {
  readonly healthCheck;

  /** @param breakers called for each sample */
  constructor(
    private readonly breakers: () => Iterable<CheckedBreaker>,
    options: IndicatorOptions = {},
  ) {
    this.healthCheck = declarationOf('circuits', options);
  }

  [CHECK_HEALTH](): HealthObservation {
    const states = [...this.breakers()].map(
      ({ name, opened, halfOpen }) =>
        [name, opened ? 'open' : halfOpen ? 'half-open' : 'closed'] as const,
    );
    const closed = states.every(([, state]) => state === 'closed');
    return {
      status: closed ? 'up' : 'degraded',
      ...(!closed && { code: 'circuit-open' }),
      observed: Object.fromEntries(states),
    };
  }
}
