import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, share, shared } from '../promql.ts';

/** Events on their way from one service's database to another's. */
export const outbox: RowSource = {
  title: 'Outbox and inbox',
  panels: [
    {
      kind: 'timeseries',
      title: 'Outbox: pending events',
      question: 'Do events pile up before the relay, or after it in jobs that do not finish?',
      unit: 'short',
      queries: [
        {
          expr: shared('loyalnest_outbox_pending_events', 'service, state'),
          legend: '{{service}}: {{state}}',
        },
      ],
      whenEmpty: 'no outbox',
    },
    {
      kind: 'timeseries',
      title: 'Outbox: events',
      question:
        'Does publishing fail? Lost events, whose jobs Redis no longer had, are published again.',
      unit: 'cps',
      queries: [
        {
          expr: perSecond('loyalnest_outbox_events_total', 'service, outcome'),
          legend: '{{service}}: {{outcome}}',
        },
      ],
      whenEmpty: 'no events',
    },
    {
      kind: 'timeseries',
      title: 'Inbox: duplicate share of events',
      question:
        'How many events arrive twice? Duplicates have no effect, but point to crashes and redeliveries.',
      unit: 'percentunit',
      queries: [
        {
          expr: share(
            occurrences('loyalnest_inbox_events_total', 'service, consumer', 'outcome="repeat"'),
            occurrences('loyalnest_inbox_events_total', 'service, consumer'),
          ),
          legend: '{{service}}: {{consumer}}',
        },
      ],
      whenEmpty: 'no events',
    },
  ],
};
