import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, quantile } from '../promql.ts';

const CALLS = 'http_client_request_duration_seconds';
const TARGET = 'service, server_address, server_port';
const TARGET_LEGEND = '{{service}} to {{server_address}}:{{server_port}}';

/** The calls that the services make. */
export const calls: RowSource = {
  title: 'Outgoing calls',
  panels: [
    {
      kind: 'timeseries',
      title: 'Calls',
      question: 'How often does a service call another? Each attempt counts.',
      unit: 'reqps',
      queries: [{ expr: perSecond(`${CALLS}_count`, TARGET), legend: TARGET_LEGEND }],
    },
    {
      kind: 'timeseries',
      title: 'Failed share of calls',
      question: 'Which target fails, and how?',
      unit: 'percentunit',
      warn: { yellow: 0.05, red: 0.25 },
      queries: [
        {
          expr: `${occurrences(`${CALLS}_count`, `${TARGET}, error_type`, 'error_type!=""')} / on (${TARGET}) group_left () (${occurrences(`${CALLS}_count`, TARGET)} > 0)`,
          legend: `${TARGET_LEGEND}: {{error_type}}`,
        },
      ],
      whenEmpty: 'no failed calls',
    },
    {
      kind: 'timeseries',
      title: 'Call duration, p95',
      question: 'Which target is slow? Compare with the timeout of its policy.',
      unit: 's',
      queries: [{ expr: quantile(0.95, CALLS, TARGET), legend: TARGET_LEGEND }],
      whenEmpty: 'no calls',
    },
  ],
};
