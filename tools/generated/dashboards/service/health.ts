import type { RowSource } from '../dashboard-source.ts';
import { occurrences, series, shared, total } from '../promql.ts';

/** Saturation belongs to a process: a mean over the instances would hide the full one. */
const INSTANCE = 'service, instance';

/** What the services say of themselves. */
export const health: RowSource = {
  title: 'Health and versions',
  panels: [
    {
      kind: 'timeseries',
      title: 'Checks that are not up',
      question: 'What does a service find wrong, and on how many instances?',
      unit: 'short',
      queries: [
        {
          expr: `${total('loyalnest_health_check_status', 'service, check, status', 'status!="up"')} > 0`,
          legend: '{{service}} {{check}}: {{status}}',
        },
      ],
      whenEmpty: 'all up',
    },
    {
      kind: 'timeseries',
      title: 'Changes of checks',
      question: 'Which check comes and goes?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_health_transitions_total', 'service, check, to'),
          legend: '{{service}} {{check}} to {{to}}',
        },
      ],
      whenEmpty: 'no changes',
    },
    {
      kind: 'timeseries',
      title: 'Time of checks, and age of what they say',
      question:
        'Which check is about to run out of time? An age that grows: probes answer with old news.',
      unit: 's',
      queries: [
        {
          expr: shared('loyalnest_health_check_duration_seconds', 'service, check'),
          legend: '{{service}} {{check}}',
        },
        {
          expr: shared('loyalnest_health_sample_age_seconds', 'service'),
          legend: '{{service}}: age',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Shutting down',
      question: 'Which services lose instances now, and how many requests do those still wait for?',
      unit: 'short',
      queries: [
        {
          expr: total('loyalnest_graceful_shutdown_draining', 'service'),
          legend: '{{service}}: instances',
        },
        {
          expr: `sum by (service) (${series('loyalnest_graceful_shutdown_running_requests')} * ${series('loyalnest_graceful_shutdown_draining')})`,
          legend: '{{service}}: requests',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Blind spots',
      question:
        'Which values are missing on these pages? A source that does not answer in time, or a metric with too many series.',
      unit: 'short',
      queries: [
        {
          expr: `count by (service, source) (${series('loyalnest_scrape_source_up')} == 0)`,
          legend: '{{service}}: {{source}} is silent',
        },
        {
          expr: occurrences('loyalnest_metric_overflow_total', 'service, metric'),
          legend: '{{service}}: {{metric}} is full',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'table',
      title: 'Versions',
      question: 'Which version runs where, and since when? A short time up may be a crash.',
      unit: 's',
      labels: { service: 'Service', instance: 'Instance', version: 'Version', node: 'Node' },
      columns: [
        {
          heading: 'Up for',
          unit: 's',
          expr: `${series('service_build_info')} * on (${INSTANCE}) group_left () ${series('process_uptime_seconds')}`,
        },
      ],
    },
  ],
};
