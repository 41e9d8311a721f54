import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { CircuitState } from './circuit-breaker/circuit-state.js';
import { ResilienceRegistry } from './resilience.registry.js';

const STATES: readonly CircuitState[] = [
  'closed',
  'open',
  'half-open',
  'forced-open',
  'forced-closed',
  'metrics-only',
];

/** States of the application's breakers and bulkheads. */
@Injectable()
export class ResilienceMetrics implements MetricSource {
  readonly metricSource = 'resilience';

  constructor(private readonly registry: ResilienceRegistry) {}

  [OBSERVE_METRICS](): readonly Measurement[] {
    return [...this.breakers(), ...this.bulkheads()];
  }

  /** Keys are made from data: the breakers of a policy are counted, not named. */
  private breakers(): readonly Measurement[] {
    const byPolicy = new Map<string, Map<CircuitState, number>>();
    for (const { name, state } of this.registry.all()) {
      const counts = byPolicy.get(name) ?? new Map<CircuitState, number>();
      byPolicy.set(name, counts.set(state, (counts.get(state) ?? 0) + 1));
    }
    return [...byPolicy].flatMap(([policy, counts]) =>
      STATES.map((state) => ({
        name: 'loyalnest_circuit_breakers',
        help: 'Circuit breakers of a policy by their state',
        value: counts.get(state) ?? 0,
        labels: { policy, state },
      })),
    );
  }

  private bulkheads(): readonly Measurement[] {
    return this.registry.states.bulkheads.all().flatMap(({ snapshot }) => {
      const calls = { running: snapshot.running, waiting: snapshot.waiting };
      const limits = { running: snapshot.maxConcurrent, waiting: snapshot.maxQueue };
      return [
        ...Object.entries(calls).map(([state, value]) => ({
          name: 'loyalnest_bulkhead_calls',
          help: 'Calls that hold a place of a bulkhead or wait for one',
          value,
          labels: { bulkhead: snapshot.name, state },
        })),
        ...Object.entries(limits).map(([state, value]) => ({
          name: 'loyalnest_bulkhead_limit',
          help: 'How many calls may hold a place of a bulkhead, and wait for one',
          value,
          labels: { bulkhead: snapshot.name, state },
        })),
      ];
    });
  }
}
