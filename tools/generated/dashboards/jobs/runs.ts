import type { RowSource } from '../dashboard-source.ts';
import { mean, occurrences, perSecond, quantile, share } from '../promql.ts';

const RUNS = 'loyalnest_job_duration_seconds';
const WAITS = 'loyalnest_job_wait_seconds';
const ATTEMPTS = 'loyalnest_job_attempts';

/** What workers do. */
export const runs: RowSource = {
  title: 'Runs',
  panels: [
    {
      kind: 'timeseries',
      title: 'Runs by outcome',
      question: 'How many jobs run, and how do they end? Failed ones run again, dead ones do not.',
      unit: 'cps',
      stack: true,
      queries: [{ expr: perSecond(`${RUNS}_count`, 'outcome'), legend: '{{outcome}}' }],
    },
    {
      kind: 'timeseries',
      title: 'Failing share of runs',
      question: 'Which job fails, for now or for good?',
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
      title: 'Enqueued and ended',
      question: 'Do workers keep up? What is enqueued for longer than it ends piles up.',
      unit: 'cps',
      queries: [
        {
          expr: perSecond('loyalnest_jobs_enqueued_total', 'job_name'),
          legend: '{{job_name}}: enqueued',
        },
        { expr: perSecond(`${ATTEMPTS}_count`, 'job_name'), legend: '{{job_name}}: ended' },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time of runs, slowest 5 %',
      question: 'Which job is slow? Compare with its time limit.',
      unit: 's',
      queries: [{ expr: quantile(0.95, RUNS, 'job_name'), legend: '{{job_name}}' }],
      whenEmpty: 'no runs',
    },
    {
      kind: 'timeseries',
      title: 'Time before the first run, slowest 5 %',
      question: 'How long do jobs wait for a worker? Raise concurrency or add instances.',
      unit: 's',
      queries: [{ expr: quantile(0.95, WAITS, 'job_name'), legend: '{{job_name}}' }],
      whenEmpty: 'no runs',
    },
    {
      kind: 'timeseries',
      title: 'Runs that a job needs, and retries',
      question: 'Do jobs end only after several tries? What they call is shaky.',
      unit: 'short',
      queries: [
        { expr: mean(ATTEMPTS, 'job_name'), legend: '{{job_name}}: mean runs' },
        {
          expr: occurrences('loyalnest_job_retries_total', 'job_name'),
          legend: '{{job_name}}: retries',
        },
      ],
      whenEmpty: 'no job has ended',
    },
  ],
};
