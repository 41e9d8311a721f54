import type { RowSource } from '../dashboard-source.ts';
import { occurrences, share, total } from '../promql.ts';

const CIRCUITS = 'loyalnest_circuit_breakers';
const WINDOW_CALLS = 'loyalnest_circuit_window_calls';
const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';

/** Which calls the breakers let through. */
export const circuits: RowSource = {
  title: 'Circuit breakers',
  panels: [
    {
      kind: 'timeseries',
      title: 'Circuits by state',
      question: 'Since when has a dependency been down, and is it recovering?',
      unit: 'short',
      queries: [
        {
          expr: `${total(CIRCUITS, 'service, policy, state')} > 0`,
          legend: '{{service}} {{policy}}: {{state}}',
        },
      ],
      whenEmpty: 'no breakers',
    },
    {
      kind: 'timeseries',
      title: 'State changes',
      question:
        'Does a circuit flap? Then the dependency can handle a few calls but fails under more load.',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_circuit_transitions_total', 'service, policy, from, to'),
          legend: '{{service}} {{policy}}: {{from}} to {{to}}',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Failed and slow share of the latest calls',
      question: 'What share of the calls in the breaker window failed or was slow?',
      unit: 'percentunit',
      queries: [
        {
          expr: share(
            total(WINDOW_CALLS, POLICY, 'outcome="failure"'),
            total(WINDOW_CALLS, POLICY),
          ),
          legend: `${POLICY_LEGEND}: failed`,
        },
        {
          expr: share(
            total('loyalnest_circuit_window_slow_calls', POLICY),
            total(WINDOW_CALLS, POLICY),
          ),
          legend: `${POLICY_LEGEND}: slow`,
        },
      ],
      whenEmpty: 'no calls',
    },
    {
      kind: 'timeseries',
      title: 'Operator commands',
      question: 'Did somebody open, close or reset a circuit? The log says who.',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_circuit_commands_total', 'service, command, applied'),
          legend: '{{service}}: {{command}}, applied: {{applied}}',
        },
      ],
      whenEmpty: 'none',
    },
  ],
};
