import type { RowSource } from '../dashboard-source.ts';
import { occurrences, share, total } from '../promql.ts';

const CIRCUITS = 'loyalnest_circuit_breakers';
const WINDOW_CALLS = 'loyalnest_circuit_window_calls';
const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';

/** Which calls breakers let through. */
export const circuits: RowSource = {
  title: 'Circuit breakers',
  panels: [
    {
      kind: 'timeseries',
      title: 'Circuits by state',
      question: 'Since when is a dependency down, and does it come back?',
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
      title: 'Changes of state',
      question: 'Does a circuit flap? Then the dependency takes a few calls and fails under more.',
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
      title: 'What breakers judge by',
      question: 'Which share of the latest calls failed, or was slow?',
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
      title: 'Commands of operators',
      question: 'Has somebody opened, closed or reset a circuit? The log tells who.',
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
