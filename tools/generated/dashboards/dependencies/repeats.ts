import type { RowSource } from '../dashboard-source.ts';
import { occurrences, total } from '../promql.ts';

const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';
const BULKHEAD_LEGEND = '{{service}} {{instance}} {{bulkhead}}';
const places = (state: string): string => {
  const of = (metric: string): string =>
    total(metric, 'service, instance, bulkhead', `state="${state}"`);
  return `${of('loyalnest_bulkhead_calls')} / (${of('loyalnest_bulkhead_limit')} > 0)`;
};

/** Which calls are repeated, and which are rejected. */
export const repeats: RowSource = {
  title: 'Repeated and rejected calls',
  panels: [
    {
      kind: 'timeseries',
      title: 'Retries and hedges',
      question: 'Which calls need more than one attempt?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_call_retries_total', POLICY),
          legend: `${POLICY_LEGEND}: retries`,
        },
        {
          expr: occurrences('loyalnest_hedges_total', POLICY),
          legend: `${POLICY_LEGEND}: hedges`,
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Retries and hedges over budget',
      question: 'Do so many calls fail that the retry budget suppresses further attempts?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_retry_budget_exhausted_total', `${POLICY}, refused`),
          legend: `${POLICY_LEGEND}: {{refused}}`,
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Calls rejected by bulkheads and rate limits',
      question: 'Do we call the dependency more than its limits allow?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_calls_rejected_total', `${POLICY}, by`),
          legend: `${POLICY_LEGEND}: {{by}}`,
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Results that breakers do not count',
      question:
        'Does the dependency refuse our credential (credentials) or limit us (rate-limited), or do callers give up (aborted, deadline)?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_results_not_counted_total', `${POLICY}, reason`),
          legend: `${POLICY_LEGEND}: {{reason}}`,
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Bulkheads: places in use',
      question:
        'Which bulkhead is full, and do calls queue? At 1, calls wait; once the queue is also full, they are rejected.',
      unit: 'percentunit',
      warn: { yellow: 0.8, red: 1 },
      queries: [
        { expr: places('running'), legend: `${BULKHEAD_LEGEND}: running` },
        { expr: places('waiting'), legend: `${BULKHEAD_LEGEND}: queue` },
      ],
      whenEmpty: 'no bulkheads',
    },
  ],
};
