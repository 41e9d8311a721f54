import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';
import type { PolicyEvent } from '../../policy-event.js';

/**
 * Counts what policies do to calls. A breaker's key comes from data, so it is never a label: all
 * circuits of a policy are counted together.
 */
export function measurePolicies(registry: MetricRegistry, on: EventSource): void {
  const transitions = registry.counter({
    name: 'loyalnest_circuit_transitions_total',
    help: 'State changes of circuit breakers',
    labels: ['policy', 'from', 'to'],
  });
  const retries = registry.counter({
    name: 'loyalnest_call_retries_total',
    help: 'Failed attempts that were retried',
    labels: ['policy'],
  });
  const budget = registry.counter({
    name: 'loyalnest_retry_budget_exhausted_total',
    help: 'Retries and hedges that the retry budget suppressed',
    labels: ['policy', 'refused'],
  });
  const rejected = registry.counter({
    name: 'loyalnest_calls_rejected_total',
    help: 'Calls rejected before they reached the dependency',
    labels: ['policy', 'by'],
  });
  const notCounted = registry.counter({
    name: 'loyalnest_results_not_counted_total',
    help: 'Results that say nothing about the dependency, so circuit breakers did not count them',
    labels: ['policy', 'reason'],
  });
  const hedges = registry.counter({
    name: 'loyalnest_hedges_total',
    help: 'Additional calls that were started before the first one ended',
    labels: ['policy'],
  });
  const stale = registry.counter({
    name: 'loyalnest_stale_served_total',
    help: 'Expired values that were served because no new one was available',
    labels: ['policy'],
  });
  const fallbacks = registry.counter({
    name: 'loyalnest_fallbacks_total',
    help: 'Calls that a fallback answered',
    labels: ['policy', 'handler'],
  });
  const faults = registry.counter({
    name: 'loyalnest_faults_injected_total',
    help: 'Faults that were injected on purpose',
    labels: ['policy', 'fault'],
  });
  const commands = registry.counter({
    name: 'loyalnest_circuit_commands_total',
    help: 'Operator commands that reached this instance',
    labels: ['command', 'applied'],
  });

  on<PolicyEvent & { from: string; to: string }>(
    'loyalnest:resilience:circuit-state',
    ({ policy, from, to }) => transitions.add({ policy, from, to }),
  );
  on<PolicyEvent>('loyalnest:resilience:attempt-failed', ({ policy }) => retries.add({ policy }));
  on<PolicyEvent & { refused: string }>(
    'loyalnest:resilience:retry-budget-exhausted',
    ({ policy, refused }) => budget.add({ policy, refused }),
  );
  on<PolicyEvent & { by: string }>('loyalnest:resilience:call-rejected', ({ policy, by }) =>
    rejected.add({ policy, by }),
  );
  on<PolicyEvent & { reason: string }>(
    'loyalnest:resilience:result-not-counted',
    ({ policy, reason }) => notCounted.add({ policy, reason }),
  );
  on<PolicyEvent>('loyalnest:resilience:hedge-started', ({ policy }) => hedges.add({ policy }));
  on<PolicyEvent>('loyalnest:resilience:stale-served', ({ policy }) => stale.add({ policy }));
  on<PolicyEvent & { handler: string }>('loyalnest:resilience:fallback', ({ policy, handler }) =>
    fallbacks.add({ policy, handler }),
  );
  on<PolicyEvent & { fault: string }>('loyalnest:resilience:fault-injected', ({ policy, fault }) =>
    faults.add({ policy, fault }),
  );
  on<{ command: string; applied: boolean }>(
    'loyalnest:resilience:operator-command',
    ({ command, applied }) => commands.add({ command, applied: String(applied) }),
  );
}
