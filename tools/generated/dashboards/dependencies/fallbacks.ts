import type { RowSource } from '../dashboard-source.ts';
import { occurrences } from '../promql.ts';

const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';

/** Which calls are answered by something else. */
export const fallbacks: RowSource = {
  title: 'Answered otherwise',
  panels: [
    {
      kind: 'timeseries',
      title: 'Fallbacks',
      question: 'Who gets the second best answer?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_fallbacks_total', `${POLICY}, handler`),
          legend: `${POLICY_LEGEND}: {{handler}}`,
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Old values that were served',
      question: 'Who gets an answer past its time, as no new one could be had?',
      unit: 'short',
      queries: [
        { expr: occurrences('loyalnest_stale_served_total', POLICY), legend: POLICY_LEGEND },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Faults injected on purpose',
      question: 'Is the trouble an exercise?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_faults_injected_total', `${POLICY}, fault`),
          legend: `${POLICY_LEGEND}: {{fault}}`,
        },
      ],
      whenEmpty: 'none',
    },
  ],
};
