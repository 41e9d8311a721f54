import type { RowSource } from '../dashboard-source.ts';
import { occurrences, quantile, shared } from '../promql.ts';

const DEPTHS = 'loyalnest_queue_jobs';

/** What waits for workers. */
export const queues: RowSource = {
  title: 'Queues',
  panels: [
    {
      kind: 'timeseries',
      title: 'Jobs by state',
      question:
        'Where do jobs stand? Waiting ones that only grow need workers, delayed ones only time.',
      unit: 'short',
      queries: [
        {
          expr: shared(DEPTHS, 'queue, state', 'state!~"completed|failed"'),
          legend: '{{queue}} {{state}}',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Oldest waiting job',
      question: 'Since when does work pile up?',
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
      kind: 'timeseries',
      title: 'Workers that went silent',
      question:
        'Do processes die in the middle of jobs, or block their event loop? Those jobs run again.',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_jobs_stalled_total', 'queue'),
          legend: '{{queue}}',
        },
      ],
      whenEmpty: 'none',
      quiet: 'a job is stalled only when its worker dies or blocks',
    },
    {
      kind: 'timeseries',
      title: 'Jobs that are not stored, or put aside',
      question:
        'Which jobs come twice, are over the plan of their merchant, are called off, or know no handler?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_jobs_deduplicated_total', 'job_name'),
          legend: '{{job_name}}: there already',
        },
        {
          expr: occurrences('loyalnest_jobs_refused_total', 'job_name'),
          legend: '{{job_name}}: over the plan',
        },
        {
          expr: occurrences('loyalnest_jobs_postponed_total', 'job_name'),
          legend: '{{job_name}}: no handler here',
        },
        {
          expr: occurrences('loyalnest_jobs_cancelled_total', 'queue'),
          legend: '{{queue}}: called off',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Merchants waiting for their slot, slowest 5 %',
      question: 'Does a plan hold jobs back for longer than its merchants would accept?',
      unit: 's',
      queries: [
        {
          expr: quantile(0.95, 'loyalnest_job_throttle_delay_seconds', 'job_name, at'),
          legend: '{{job_name}} at {{at}}',
        },
      ],
      whenEmpty: 'nobody waits',
    },
  ],
};
