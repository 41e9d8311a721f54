import type { RowSource } from '../dashboard-source.ts';
import { occurrences, shared } from '../promql.ts';

/** What waits for people. */
export const deadLetters: RowSource = {
  title: 'Dead letters',
  panels: [
    {
      kind: 'bargauge',
      title: 'Dead letters by reason',
      question:
        'Why are they dead? Exhausted ones may work again, invalid ones need a fix or an edit.',
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
      question: 'Does somebody look after them? Past their retention they are removed.',
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
      title: 'Dead letters that came',
      question: 'When did it begin, and why? Compare with deployments and open circuits.',
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
      title: 'Dead letters that went',
      question: 'By which way do they go: redriven, edited, discarded, or removed for their age?',
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
      title: 'Redrives and commands of people',
      question: 'What do colleagues do about it right now? The audit trail tells who.',
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
