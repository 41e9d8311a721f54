import type { RowSource } from '../dashboard-source.ts';
import { perSecond, total } from '../promql.ts';

/** Saturation belongs to a process: a mean over the instances would hide the full one. */
const INSTANCE = 'service, instance';
const INSTANCE_LEGEND = '{{service}} {{instance}}';
const POOL = `${INSTANCE}, pool`;
const POOL_LEGEND = `${INSTANCE_LEGEND} {{pool}}`;

/** What a process runs out of. */
export const saturation: RowSource = {
  title: 'Saturation',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests under way',
      question: 'Do requests pile up? More than ever at the same rate: something behind is slow.',
      unit: 'short',
      queries: [{ expr: total('http_server_active_requests', INSTANCE), legend: INSTANCE_LEGEND }],
    },
    {
      kind: 'timeseries',
      title: 'Event loop: busy share',
      question: 'Is the one thread full? From 0.7 on requests wait for it; add instances.',
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
      question: 'Does one long task hold up all others?',
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
      question: 'How much CPU does an instance take? Compare with its limit.',
      unit: 'short',
      queries: [
        { expr: perSecond('process_cpu_seconds_total', INSTANCE), legend: INSTANCE_LEGEND },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time in garbage collection',
      question: 'Is memory so short that Node collects all the time?',
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
        'Does an instance leak? A heap in use that only grows; the process dies at its limit.',
      unit: 'bytes',
      queries: [
        {
          expr: total('process_resident_memory_bytes', INSTANCE),
          legend: `${INSTANCE_LEGEND}: process`,
        },
        {
          expr: total('nodejs_heap_size_used_bytes', INSTANCE),
          legend: `${INSTANCE_LEGEND}: heap in use`,
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Open files and sockets',
      question: 'Does a process leak connections? At 1 it can open no more.',
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
      question: 'Is the pool empty? Slow queries, long transactions, or too small a pool.',
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
      question: 'Do requests and jobs wait for Postgres before they have asked it anything?',
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
      question: 'Is Redis away or slow? Jobs are refused, and limits kept by each instance alone.',
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
