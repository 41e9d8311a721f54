import type { RedriveTask } from '@loyalnest/queue/operator';
import type { QueueContext } from '../../session/queue-session.js';
import { humanAge } from '../../terminal/human-age.js';
import type { Column } from '../../terminal/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'TASK' },
  { title: 'STATE' },
  { title: 'REDRIVEN', right: true },
  { title: 'OF', right: true },
  { title: 'SUCCEEDED', right: true },
  { title: 'FAILED', right: true },
  { title: 'BY' },
  { title: 'AGE', right: true },
  { title: 'NOTE', flexible: true },
];

/** One row for each task. */
export function taskTable(context: QueueContext, tasks: readonly RedriveTask[]): string {
  const now = context.session.clock.now();
  const rows = tasks.map((task) => [
    task.id,
    task.state,
    task.redriven,
    task.total,
    task.succeeded,
    task.failedAgain + task.failing,
    task.by,
    humanAge(now - Date.parse(task.startedAt)),
    task.note ?? '',
  ]);
  return context.table(COLUMNS, rows);
}
