import type { RowSource } from '../dashboard-source.ts';
import { mean, occurrences, perSecond, quantile, share } from '../promql.ts';

const RUNS = 'loyalnest_job_duration_seconds';
const WAITS = 'loyalnest_job_wait_seconds';
const ATTEMPTS = 'loyalnest_job_attempts';

/** What the workers do. */
export const runs: RowSource = {
  title: 'Runs',
  panels: [
    {
      kind: 'timeseries',
      title: 'Runs by outcome',
      question:
        'How many jobs run, and how do they end? Failed jobs are retried; dead ones are not.',
      unit: 'cps',
      stack: true,
      queries: [{ expr: perSecond(`${RUNS}_count`, 'outcome'), legend: '{{outcome}}' }],
    },
    {
      kind: 'timeseries',
      title: 'Failed share of runs',
      question: 'Which job fails, temporarily or permanently?',
      unit: 'percentunit',
      warn: { yellow: 0.05, red: 0.25 },
      queries: [
        {
          expr: share(
            occurrences(`${RUNS}_count`, 'job_name', 'outcome=~"failed|dead|lost"'),
            occurrences(`${RUNS}_count`, 'job_name'),
          ),
          legend: '{{job_name}}',
        },
      ],
      whenEmpty: 'no runs',
    },
    {
      kind: 'timeseries',
      title: 'Enqueued and finished',
      question: 'Do workers keep up? Jobs pile up while more are enqueued than finish.',
      unit: 'cps',
      queries: [
        {
          expr: perSecond('loyalnest_jobs_enqueued_total', 'job_name'),
          legend: '{{job_name}}: enqueued',
        },
        { expr: perSecond(`${ATTEMPTS}_count`, 'job_name'), legend: '{{job_name}}: finished' },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Run duration, p95',
      question: 'Which job is slow? Compare with its timeout.',
      unit: 's',
      queries: [{ expr: quantile(0.95, RUNS, 'job_name'), legend: '{{job_name}}' }],
      whenEmpty: 'no runs',
    },
    {
      kind: 'timeseries',
      title: 'Wait before the first run, p95',
      question:
        'How long do jobs wait for a worker? To shorten it, raise concurrency or add instances.',
      unit: 's',
      queries: [{ expr: quantile(0.95, WAITS, 'job_name'), legend: '{{job_name}}' }],
      whenEmpty: 'no runs',
    },
    {
      kind: 'timeseries',
      title: 'Runs per job, and retries',
      question: 'Do jobs need several runs? Then a dependency that they call is unreliable.',
      unit: 'short',
      queries: [
        { expr: mean(ATTEMPTS, 'job_name'), legend: '{{job_name}}: mean runs' },
        {
          expr: occurrences('loyalnest_job_retries_total', 'job_name'),
          legend: '{{job_name}}: retries',
        },
      ],
      whenEmpty: 'no finished jobs',
    },
  ],
};
