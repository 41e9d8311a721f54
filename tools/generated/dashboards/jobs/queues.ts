import type { RowSource } from '../dashboard-source.ts';
import { occurrences, quantile, shared } from '../promql.ts';

const DEPTHS = 'loyalnest_queue_jobs';

/** Jobs that wait for workers. */
export const queues: RowSource = {
  title: 'Queues',
  panels: [
    {
      kind: 'timeseries',
      title: 'Jobs by state',
      question:
        'Which state are jobs in? If waiting jobs keep growing, add workers; delayed jobs only need time.',
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
      question: 'Since when have jobs been piling up?',
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
      title: 'Stalled jobs',
      question: 'Do workers die during a job, or block their event loop? Stalled jobs run again.',
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
      title: 'Jobs not stored or not run',
      question:
        "Which jobs are duplicates, exceed their merchant's plan, are cancelled, or have no handler here?",
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_jobs_deduplicated_total', 'job_name'),
          legend: '{{job_name}}: duplicate',
        },
        {
          expr: occurrences('loyalnest_jobs_refused_total', 'job_name'),
          legend: '{{job_name}}: over plan',
        },
        {
          expr: occurrences('loyalnest_jobs_postponed_total', 'job_name'),
          legend: '{{job_name}}: no handler here',
        },
        {
          expr: occurrences('loyalnest_jobs_cancelled_total', 'queue'),
          legend: '{{queue}}: cancelled',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Delay by merchant plans, p95',
      question: 'Does a plan delay jobs for longer than merchants would accept?',
      unit: 's',
      queries: [
        {
          expr: quantile(0.95, 'loyalnest_job_throttle_delay_seconds', 'job_name, at'),
          legend: '{{job_name}} at {{at}}',
        },
      ],
      whenEmpty: 'no delays',
    },
  ],
};
