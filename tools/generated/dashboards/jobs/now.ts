import type { RowSource } from '../dashboard-source.ts';
import { shared } from '../promql.ts';

const DEPTHS = 'loyalnest_queue_jobs';

/** Whether jobs and events are processed. */
export const now: RowSource = {
  title: 'Now',
  panels: [
    {
      kind: 'stat',
      title: 'Oldest waiting job',
      question:
        'How long has the oldest job been ready to run? A high value means too few workers, or none.',
      unit: 's',
      warn: { yellow: 60, red: 300 },
      queries: [
        {
          expr: shared('loyalnest_queue_oldest_waiting_seconds', 'queue'),
          legend: '{{queue}}',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Waiting jobs',
      question: 'How many jobs are ready to run?',
      unit: 'short',
      queries: [
        {
          expr: `sum by (queue) (${shared(DEPTHS, 'queue, state', 'state=~"waiting|prioritized"')})`,
          legend: '{{queue}}',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Paused queues',
      question: 'Did somebody pause a queue and forget about it?',
      unit: 'short',
      warn: { red: 1 },
      queries: [{ expr: `sum(${shared('loyalnest_queue_paused', 'queue')})`, legend: 'queues' }],
    },
    {
      kind: 'stat',
      title: 'Dead letters',
      question: 'How many jobs wait for an operator?',
      unit: 'short',
      warn: { yellow: 1, red: 100 },
      queries: [
        {
          expr: `sum by (queue) (${shared('loyalnest_dead_letters', 'queue, reason')})`,
          legend: '{{queue}}',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Outbox: lag',
      question:
        'How long has the oldest event waited to be published? A high value means that Redis is unavailable or the relay has stopped.',
      unit: 's',
      warn: { yellow: 10, red: 60 },
      queries: [{ expr: shared('loyalnest_outbox_lag_seconds', 'service'), legend: '{{service}}' }],
      whenEmpty: 'no outbox',
    },
  ],
};
