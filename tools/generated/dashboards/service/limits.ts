import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, series } from '../promql.ts';

/** Who is turned away at the door. */
export const limits: RowSource = {
  title: 'Limits',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests refused by limits',
      question: 'Which limit refuses, and how much? Too low a limit, or a client gone wild.',
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
      title: 'Limited without Redis',
      question:
        'Do instances count by themselves, as Redis is away? Together they let in more than the limit then.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (service) (1 - ${series('loyalnest_throttling_redis_up')})`,
          legend: '{{service}}: instances',
        },
        {
          expr: perSecond('loyalnest_throttling_fallback_total', 'service'),
          legend: '{{service}}: requests a second',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Webhooks refused for their signature',
      question: 'Has a secret changed on one side only, or does somebody try?',
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
