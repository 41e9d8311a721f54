import type { RowSource } from '../dashboard-source.ts';
import { share, total } from '../promql.ts';

const CIRCUITS = 'loyalnest_circuit_breakers';
const WINDOW_CALLS = 'loyalnest_circuit_window_calls';
const BUDGET = 'loyalnest_retry_budget_window_calls';
const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';

/** Which dependency is failing now. */
export const now: RowSource = {
  title: 'Now',
  panels: [
    {
      kind: 'stat',
      title: 'Circuits not closed',
      question: 'Which dependency is down, being probed, or switched by an operator?',
      unit: 'short',
      warn: { red: 1 },
      queries: [
        {
          expr: `${total(CIRCUITS, 'service, policy, state', 'state!~"closed|metrics-only"')} > 0`,
          legend: '{{service}} {{policy}}: {{state}}',
        },
      ],
      whenEmpty: 'all closed',
    },
    {
      kind: 'stat',
      title: 'Failed share of the latest calls',
      question: 'Which breaker is close to opening?',
      unit: 'percentunit',
      warn: { yellow: 0.1, red: 0.5 },
      queries: [
        {
          expr: share(
            total(WINDOW_CALLS, POLICY, 'outcome="failure"'),
            total(WINDOW_CALLS, POLICY),
          ),
          legend: POLICY_LEGEND,
        },
      ],
      whenEmpty: 'no calls',
    },
    {
      kind: 'stat',
      title: 'Retried share of calls',
      question:
        'How much load do retries and hedges add? The budget allows a share of 0.2 plus ten calls by default.',
      unit: 'percentunit',
      queries: [
        {
          expr: share(total(BUDGET, POLICY, 'kind="repeat"'), total(BUDGET, POLICY, 'kind="call"')),
          legend: POLICY_LEGEND,
        },
      ],
      whenEmpty: 'no calls',
    },
  ],
};
