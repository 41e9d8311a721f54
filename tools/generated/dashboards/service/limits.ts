import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, series, total } from '../promql.ts';

/** Which requests the service refuses. */
export const limits: RowSource = {
  title: 'Limits',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests refused by limits',
      question:
        'Which limit refuses requests, and how many? The limit may be too low, or a client may be misbehaving.',
      unit: 'reqps',
      queries: [
        {
          expr: perSecond(
            'loyalnest_throttling_requests_total',
            'service, limit',
            'outcome="refused"',
          ),
          legend: '{{service}} {{limit}}',
        },
      ],
      whenEmpty: 'nothing refused',
    },
    {
      kind: 'timeseries',
      title: 'Requests refused because of overload',
      question:
        'Does the service have more work than it can do in time? Reads are refused first, webhooks last. Add instances.',
      unit: 'reqps',
      queries: [
        {
          expr: perSecond('loyalnest_http_requests_refused_total', 'service, priority, reason'),
          legend: '{{service}} {{priority}} ({{reason}})',
        },
      ],
      whenEmpty: 'nothing refused',
    },
    {
      kind: 'timeseries',
      title: 'Requests in flight and their limit',
      question:
        'How close is an instance to its adaptive limit? The limit falls when requests take longer.',
      unit: 'short',
      queries: [
        {
          expr: total('loyalnest_http_requests_in_flight', 'service, instance'),
          legend: '{{service}} {{instance}}: in flight',
        },
        {
          expr: total('loyalnest_http_concurrency_limit', 'service, instance'),
          legend: '{{service}} {{instance}}: limit',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Limited without Redis',
      question:
        'Do instances count alone because Redis is unavailable? Together they then allow more than the limit.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (service) (1 - ${series('loyalnest_throttling_redis_up')})`,
          legend: '{{service}}: instances',
        },
        {
          expr: perSecond('loyalnest_throttling_fallback_total', 'service'),
          legend: '{{service}}: requests per second',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Webhooks refused for their signature',
      question: 'Did a secret change on one side only, or is somebody forging requests?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_webhooks_rejected_total', 'service, fault'),
          legend: '{{service}}: {{fault}}',
        },
      ],
      whenEmpty: 'none refused',
    },
  ],
};
