import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, quantile, share } from '../promql.ts';

const REQUESTS = 'http_server_request_duration_seconds';
const FAILED = 'http_response_status_code=~"5.."';
const ROUTE = 'service, http_request_method, http_route';

/** How the services answer requests. */
export const requests: RowSource = {
  title: 'Requests',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests by status class',
      question:
        'How many requests arrive, and how are they answered? A 499, in 4xx, is a client that disconnected.',
      unit: 'reqps',
      stack: true,
      queries: [
        {
          expr: `sum by (class) (label_replace(${perSecond(`${REQUESTS}_count`, 'http_response_status_code')}, "class", "\${1}xx", "http_response_status_code", "(.).*"))`,
          legend: '{{class}}',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Request duration',
      question: 'How long do requests take? Each dot is a single request and links to its trace.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((q) => ({
        expr: quantile(q, REQUESTS, ''),
        legend: `p${q * 100}`,
        exemplars: true,
      })),
      whenEmpty: 'no requests',
    },
    {
      kind: 'timeseries',
      title: 'Server errors by route',
      question: 'Which route fails? Its log lines have the reason.',
      unit: 'short',
      queries: [
        {
          expr: occurrences(`${REQUESTS}_count`, ROUTE, FAILED),
          legend: '{{service}} {{http_request_method}} {{http_route}}',
        },
      ],
      whenEmpty: 'no server errors',
    },
    {
      kind: 'table',
      title: 'Routes',
      question: 'Which routes are busy, failing or slow? Click a column to sort.',
      unit: 'short',
      labels: { service: 'Service', http_request_method: 'Method', http_route: 'Route' },
      columns: [
        { heading: 'Requests', unit: 'reqps', expr: perSecond(`${REQUESTS}_count`, ROUTE) },
        {
          heading: 'Server errors',
          unit: 'percentunit',
          expr: share(
            occurrences(`${REQUESTS}_count`, ROUTE, FAILED),
            occurrences(`${REQUESTS}_count`, ROUTE),
          ),
        },
        { heading: 'p50', unit: 's', expr: quantile(0.5, REQUESTS, ROUTE) },
        { heading: 'p95', unit: 's', expr: quantile(0.95, REQUESTS, ROUTE) },
        { heading: 'p99', unit: 's', expr: quantile(0.99, REQUESTS, ROUTE) },
      ],
    },
  ],
};
