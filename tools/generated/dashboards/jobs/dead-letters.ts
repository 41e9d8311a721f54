import type { RowSource } from '../dashboard-source.ts';
import { occurrences, shared } from '../promql.ts';

/** Jobs that wait for an operator. */
export const deadLetters: RowSource = {
  title: 'Dead letters',
  panels: [
    {
      kind: 'bargauge',
      title: 'Dead letters by reason',
      question:
        'Why did these jobs die? Exhausted ones may succeed when redriven; invalid ones need a fix or an edit.',
      unit: 'short',
      warn: { yellow: 1, red: 100 },
      queries: [
        {
          expr: `${shared('loyalnest_dead_letters', 'queue, reason')} > 0`,
          legend: '{{queue}}: {{reason}}',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Oldest dead letter',
      question: 'Is anybody handling them? After the retention period they are removed.',
      unit: 's',
      queries: [
        {
          expr: `${shared('loyalnest_dead_letters_oldest_seconds', 'queue, reason')} > 0`,
          legend: '{{queue}}: {{reason}}',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Dead letters added',
      question: 'When did the failures start? Compare with deployments and open circuits.',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_dead_letters_added_total', 'queue, reason'),
          legend: '{{queue}}: {{reason}}',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Dead letters removed',
      question: 'How do they leave: redriven, edited, discarded, or removed by retention?',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_dead_letters_removed_total', 'queue, by'),
          legend: '{{queue}}: {{by}}',
        },
      ],
      whenEmpty: 'none',
    },
    {
      kind: 'timeseries',
      title: 'Redrives and operator commands',
      question: 'What are operators doing right now? The audit trail says who.',
      unit: 'short',
      queries: [
        {
          expr: occurrences('loyalnest_redrive_task_changes_total', 'queue, state'),
          legend: '{{queue}}: redrive {{state}}',
        },
        {
          expr: occurrences('loyalnest_queue_admin_commands_total', 'command, outcome'),
          legend: '{{command}}: {{outcome}}',
        },
      ],
      whenEmpty: 'none',
    },
  ],
};
