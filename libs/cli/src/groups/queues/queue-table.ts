import { readQueueOverview, type QueueOverview } from '@loyalnest/queue/operator';
import type { QueueContext, QueueSession } from '../../session/queue-session.js';
import { humanAge } from '../../terminal/human-age.js';
import type { Column } from '../../terminal/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'QUEUE' },
  { title: 'STATE' },
  { title: 'WORKERS', right: true },
  { title: 'WAITING', right: true },
  { title: 'OLDEST', right: true },
  { title: 'ACTIVE', right: true },
  { title: 'DELAYED', right: true },
  { title: 'DEAD', right: true },
  { title: 'OLDEST', right: true },
  { title: 'DISCARDED', right: true },
  { title: 'REDRIVE', flexible: true },
];

/** Reads the queues as they are now, in the order of `names`. @throws QueueNotFoundError */
export async function readOverviews(
  session: QueueSession,
  names: readonly string[],
): Promise<readonly QueueOverview[]> {
  return Promise.all(
    names.map(async (name) => {
      const { letters, redrives } = await session.admin(name);
      return readQueueOverview(letters, redrives);
    }),
  );
}

/** One row for each queue. */
export function queueTable(context: QueueContext, queues: readonly QueueOverview[]): string {
  if (queues.length === 0) {
    return `no queue under the prefix '${context.session.prefix}'; try another --prefix\n`;
  }
  const rows = queues.map(({ queue, paused, workers, counts, ...rest }) => [
    queue,
    paused ? 'paused' : 'running',
    workers ?? '?',
    counts.waiting + counts.prioritized,
    rest.oldestWaitingMs === undefined ? '-' : humanAge(rest.oldestWaitingMs),
    counts.active,
    counts.delayed,
    counts.deadLetters,
    oldestDeath(rest.deadLetters),
    counts.discarded,
    rest.redrive
      ? `${rest.redrive.state} ${rest.redrive.redriven}/${rest.redrive.total} by ${rest.redrive.by}`
      : '-',
  ]);
  return context.table(COLUMNS, rows);
}

function oldestDeath(reasons: QueueOverview['deadLetters']): string {
  if (reasons.length === 0) return '-';
  return humanAge(Math.max(...reasons.map(({ oldestMs }) => oldestMs)));
}
