import type { RowSource } from '../dashboard-source.ts';
import { perSecond, total } from '../promql.ts';

/** Saturation belongs to a process: a mean over instances would hide the saturated one. */
const INSTANCE = 'service, instance';
const INSTANCE_LEGEND = '{{service}} {{instance}}';
const POOL = `${INSTANCE}, pool`;
const POOL_LEGEND = `${INSTANCE_LEGEND} {{pool}}`;

/** The resources that a process can run out of. */
export const saturation: RowSource = {
  title: 'Saturation',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests in flight',
      question: 'Do requests pile up? If they do at a steady rate, a dependency is slow.',
      unit: 'short',
      queries: [{ expr: total('http_server_active_requests', INSTANCE), legend: INSTANCE_LEGEND }],
    },
    {
      kind: 'timeseries',
      title: 'Event loop: utilization',
      question: 'Is the main thread saturated? From 0.7, requests wait for it; add instances.',
      unit: 'percentunit',
      warn: { yellow: 0.7, red: 0.9 },
      queries: [
        {
          expr: total('nodejs_eventloop_utilization_ratio', INSTANCE),
          legend: INSTANCE_LEGEND,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Event loop: delay, p99',
      question: 'Does one long task block all others?',
      unit: 's',
      warn: { yellow: 0.1, red: 0.5 },
      queries: [
        {
          expr: total('nodejs_eventloop_delay_p99_seconds', INSTANCE),
          legend: INSTANCE_LEGEND,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'CPU, in cores',
      question: 'How much CPU does an instance use? Compare with its limit.',
      unit: 'short',
      queries: [
        { expr: perSecond('process_cpu_seconds_total', INSTANCE), legend: INSTANCE_LEGEND },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time in garbage collection',
      question: 'Is memory so scarce that Node collects garbage all the time?',
      unit: 'percentunit',
      warn: { yellow: 0.1, red: 0.3 },
      queries: [
        {
          expr: perSecond('nodejs_gc_duration_seconds_sum', INSTANCE),
          legend: INSTANCE_LEGEND,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Memory',
      question:
        'Does an instance leak memory? Then its used heap only grows, and the process dies at its limit.',
      unit: 'bytes',
      queries: [
        {
          expr: total('process_resident_memory_bytes', INSTANCE),
          legend: `${INSTANCE_LEGEND}: process`,
        },
        {
          expr: total('nodejs_heap_size_used_bytes', INSTANCE),
          legend: `${INSTANCE_LEGEND}: heap used`,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Open files and sockets',
      question: 'Does a process leak connections? At 1, it cannot open any more.',
      unit: 'percentunit',
      warn: { yellow: 0.7, red: 0.9 },
      queries: [
        {
          expr: `${total('process_open_fds', INSTANCE)} / ${total('process_max_fds', INSTANCE)}`,
          legend: INSTANCE_LEGEND,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Postgres connections in use',
      question:
        'Is the pool exhausted? Look for slow queries and long transactions, or enlarge the pool.',
      unit: 'percentunit',
      warn: { yellow: 0.8, red: 1 },
      queries: [
        {
          expr: `${total('loyalnest_postgres_connections', POOL, 'state="used"')} / ${total('loyalnest_postgres_connections_max', POOL)}`,
          legend: POOL_LEGEND,
        },
      ],
      whenEmpty: 'no pool',
    },
    {
      kind: 'timeseries',
      title: 'Queries waiting for a connection',
      question: 'Do requests and jobs wait for a free Postgres connection?',
      unit: 'short',
      warn: { red: 10 },
      queries: [
        {
          expr: total('loyalnest_postgres_waiting_queries', POOL),
          legend: POOL_LEGEND,
        },
      ],
      whenEmpty: 'no pool',
    },
    {
      kind: 'timeseries',
      title: 'Redis: lost connections and waiting commands',
      question:
        'Is Redis unavailable or slow? Then enqueueing fails, and each instance counts limits alone.',
      unit: 'short',
      queries: [
        {
          expr: total('loyalnest_redis_connections', `${INSTANCE}, client`, 'state="lost"'),
          legend: `${INSTANCE_LEGEND} {{client}}: lost`,
        },
        {
          expr: total('loyalnest_redis_waiting_commands', `${INSTANCE}, client`),
          legend: `${INSTANCE_LEGEND} {{client}}: waiting`,
        },
      ],
      whenEmpty: 'no queues',
    },
  ],
};
