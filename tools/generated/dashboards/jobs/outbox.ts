import type { RowSource } from '../dashboard-source.ts';
import { occurrences, perSecond, share, shared } from '../promql.ts';

/** Events on their way from one database to the next. */
export const outbox: RowSource = {
  title: 'Outbox and inbox',
  panels: [
    {
      kind: 'timeseries',
      title: 'Outbox: events under way',
      question: 'Do events pile up before the relay, or behind it, in jobs that do not end?',
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
        'Does the relay fail to publish? Lost ones, of which Redis knew no more, are published again.',
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
      title: 'Inbox: repeated share of events',
      question: 'How much comes twice? It has no effect, but shows crashes and redeliveries.',
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
