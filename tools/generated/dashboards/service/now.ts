import type { RowSource } from '../dashboard-source.ts';
import {
  occurrences,
  orGone,
  perSecond,
  quantile,
  series,
  share,
  shared,
  total,
} from '../promql.ts';

const REQUESTS = 'http_server_request_duration_seconds';
const FAILED = 'http_response_status_code=~"5.."';

/** Whether somebody has to act now. */
export const now: RowSource = {
  title: 'Now',
  panels: [
    {
      kind: 'stat',
      title: 'Ready instances',
      question:
        'Does each service have instances that accept requests? At 0, all requests fail; see the checks below.',
      unit: 'short',
      warn: { redBelow: 1 },
      queries: [
        { expr: orGone(total('loyalnest_health_ready', 'service')), legend: '{{service}}' },
      ],
    },
    {
      kind: 'stat',
      title: 'Requests',
      question: 'How many requests do the services get?',
      unit: 'reqps',
      queries: [{ expr: perSecond(`${REQUESTS}_count`, 'service'), legend: '{{service}}' }],
    },
    {
      kind: 'stat',
      title: 'Server errors',
      question: 'What share of requests gets a 5xx answer?',
      unit: 'percentunit',
      warn: { yellow: 0.01, red: 0.05 },
      queries: [
        {
          expr: share(
            occurrences(`${REQUESTS}_count`, 'service', FAILED),
            occurrences(`${REQUESTS}_count`, 'service'),
          ),
          legend: '{{service}}',
        },
      ],
      whenEmpty: 'no requests',
    },
    {
      kind: 'stat',
      title: 'Request duration, p99',
      question: 'How long do the slowest 1 % of requests take, at least?',
      unit: 's',
      warn: { yellow: 1, red: 2.5 },
      queries: [{ expr: quantile(0.99, REQUESTS, 'service'), legend: '{{service}}' }],
      whenEmpty: 'no requests',
    },
    {
      kind: 'stat',
      title: 'Circuits not closed',
      question: 'Is a dependency down, so that calls to it are rejected or limited to probes?',
      unit: 'short',
      warn: { red: 1 },
      details: 'loyalnest-dependencies',
      queries: [
        {
          expr: `sum(${series('loyalnest_circuit_breakers', 'state=~"open|half-open|forced-open"')})`,
          legend: 'circuits',
          orZero: true,
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Dead letters',
      question: 'Are there jobs that will not be retried automatically?',
      unit: 'short',
      warn: { yellow: 1, red: 100 },
      details: 'loyalnest-jobs',
      queries: [
        {
          expr: `sum(${shared('loyalnest_dead_letters', 'queue, reason')})`,
          legend: 'dead letters',
          orZero: true,
        },
      ],
    },
  ],
};
