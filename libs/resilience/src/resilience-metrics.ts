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
    return [...this.breakers(), ...this.windows(), ...this.budgets(), ...this.bulkheads()];
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

  /** What the breakers judge by, summed over the keys of a policy. */
  private windows(): readonly Measurement[] {
    const byPolicy = new Map<string, { successes: number; failures: number; slow: number }>();
    for (const { name, snapshot } of this.registry.all()) {
      const sums = byPolicy.get(name) ?? { successes: 0, failures: 0, slow: 0 };
      sums.successes += snapshot.successes;
      sums.failures += snapshot.failures;
      sums.slow += snapshot.slowCalls;
      byPolicy.set(name, sums);
    }
    return [...byPolicy].flatMap(([policy, { slow, ...outcomes }]) => [
      ...Object.entries({ success: outcomes.successes, failure: outcomes.failures }).map(
        ([outcome, value]) => ({
          name: 'loyalnest_circuit_window_calls',
          help: 'Latest calls that the breakers of a policy judge by',
          value,
          labels: { policy, outcome },
        }),
      ),
      {
        name: 'loyalnest_circuit_window_slow_calls',
        help: 'Slow ones among the latest calls that the breakers of a policy judge by',
        value: slow,
        labels: { policy },
      },
    ]);
  }

  private budgets(): readonly Measurement[] {
    return this.registry.states.budgets.all().flatMap(({ snapshot }) => {
      const { name: policy, calls, repeats } = snapshot;
      return Object.entries({ call: calls, repeat: repeats }).map(([kind, value]) => ({
        name: 'loyalnest_retry_budget_window_calls',
        help: 'First calls and repeats that the retry budget of a dependency counts now',
        value,
        labels: { policy, kind },
      }));
    });
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
