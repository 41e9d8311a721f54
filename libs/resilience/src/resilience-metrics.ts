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

/** Reports the application's breakers, retry budgets and bulkheads as metrics. */
@Injectable()
export class ResilienceMetrics implements MetricSource {
  readonly metricSource = 'resilience';

  constructor(private readonly registry: ResilienceRegistry) {}

  [OBSERVE_METRICS](): readonly Measurement[] {
    return [...this.breakers(), ...this.windows(), ...this.budgets(), ...this.bulkheads()];
  }

  /** Keys come from data, so breakers are counted per policy and never labelled by key. */
  private breakers(): readonly Measurement[] {
    const byPolicy = new Map<string, Map<CircuitState, number>>();
    for (const { name, state } of this.registry.all()) {
      const counts = byPolicy.get(name) ?? new Map<CircuitState, number>();
      byPolicy.set(name, counts.set(state, (counts.get(state) ?? 0) + 1));
    }
    return [...byPolicy].flatMap(([policy, counts]) =>
      STATES.map((state) => ({
        name: 'loyalnest_circuit_breakers',
        help: 'Circuit breakers of a policy, by state',
        value: counts.get(state) ?? 0,
        labels: { policy, state },
      })),
    );
  }

  /** The breakers' windows, summed over the keys of a policy. */
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
          help: "Calls in the current window of a policy's breakers, by outcome",
          value,
          labels: { policy, outcome },
        }),
      ),
      {
        name: 'loyalnest_circuit_window_slow_calls',
        help: "Slow calls in the current window of a policy's breakers",
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
        help: "First calls and repeats in the current window of a dependency's retry budget",
        value,
        labels: { policy, kind },
      }));
    });
  }

  private bulkheads(): readonly Measurement[] {
    return this.registry.states.bulkheads.all().flatMap(({ snapshot }) => {
      const calls = { running: snapshot.running, waiting: snapshot.waiting };
      const limits = { running: snapshot.limit, waiting: snapshot.maxQueue };
      return [
        ...Object.entries(calls).map(([state, value]) => ({
          name: 'loyalnest_bulkhead_calls',
          help: 'Calls that run in a bulkhead or wait for a slot',
          value,
          labels: { bulkhead: snapshot.name, state },
        })),
        ...Object.entries(limits).map(([state, value]) => ({
          name: 'loyalnest_bulkhead_limit',
          help: 'Maximum number of calls that may run in a bulkhead or wait for a slot',
          value,
          labels: { bulkhead: snapshot.name, state },
        })),
      ];
    });
  }
}
