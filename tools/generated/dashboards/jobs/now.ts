import type { RowSource } from '../dashboard-source.ts';
import { shared } from '../promql.ts';

const DEPTHS = 'loyalnest_queue_jobs';

/** Whether jobs and events move. */
export const now: RowSource = {
  title: 'Now',
  panels: [
    {
      kind: 'stat',
      title: 'Oldest waiting job',
      question: 'For how long could the oldest job have run already? Too few workers, or none.',
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
      question: 'How much work is there that could run now?',
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
      question: 'Has somebody paused a queue, and forgotten it?',
      unit: 'short',
      warn: { red: 1 },
      queries: [{ expr: `sum(${shared('loyalnest_queue_paused', 'queue')})`, legend: 'queues' }],
    },
    {
      kind: 'stat',
      title: 'Dead letters',
      question: 'How many jobs wait for a decision of people?',
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
        'Since when has an event not been handed to the queue? Redis is away, or the relay stands.',
      unit: 's',
      warn: { yellow: 10, red: 60 },
      queries: [{ expr: shared('loyalnest_outbox_lag_seconds', 'service'), legend: '{{service}}' }],
      whenEmpty: 'no outbox',
    },
  ],
};
