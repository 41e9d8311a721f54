import type { RowSource } from '../dashboard-source.ts';
import { occurrences, series, shared, total } from '../promql.ts';

/** Versions and uptime belong to a process. */
const INSTANCE = 'service, instance';

/** What the services report about themselves. */
export const health: RowSource = {
  title: 'Health and versions',
  panels: [
    {
      kind: 'timeseries',
      title: 'Checks not up',
      question: 'Which checks fail, and on how many instances?',
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
      title: 'Check state changes',
      question: 'Which check flaps?',
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
      title: 'Check duration, and age of the sample',
      question:
        'Which check is close to its timeout? If the age grows, probes answer with outdated results.',
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
      question:
        'Which services are losing instances, and how many requests are those still serving?',
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
        'Which values do these dashboards not show? A metric source failed or timed out, or a metric has too many series.',
      unit: 'short',
      queries: [
        {
          expr: `count by (service, source) (${series('loyalnest_scrape_source_up')} == 0)`,
          legend: '{{service}}: {{source}} failed',
        },
        {
          expr: occurrences('loyalnest_metric_overflow_total', 'service, metric'),
          legend: '{{service}}: {{metric}} has too many series',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'table',
      title: 'Versions',
      question: 'Which version runs where, and since when? A short uptime may mean a crash.',
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
