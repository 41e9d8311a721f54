import type { RowSource } from '../dashboard-source.ts';
import { occurrences } from '../promql.ts';

const POLICY = 'service, policy';
const POLICY_LEGEND = '{{service}} {{policy}}';

/** Which calls get a substitute answer. */
export const fallbacks: RowSource = {
  title: 'Substitute answers',
  panels: [
    {
      kind: 'timeseries',
      title: 'Fallbacks',
      question: 'Which calls got the fallback instead of the real answer?',
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
      title: 'Stale values served',
      question: 'Which calls got an expired value because the refresh failed?',
      unit: 'short',
      queries: [
        { expr: occurrences('loyalnest_stale_served_total', POLICY), legend: POLICY_LEGEND },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Injected faults',
      question: 'Is fault injection causing these failures?',
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
