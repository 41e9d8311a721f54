import { readQueueOverview, type QueueOverview } from '../../monitoring/queue-overview.js';
import type { AddCommand } from '../add-command.js';
import type { CliContext } from '../cli-context.js';
import { actorOf } from '../cli-options.js';
import type { CliSession } from '../cli-session.js';
import { EXIT } from '../exit-code.js';
import { humanAge } from '../human-time.js';
import type { Column } from '../table.js';

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

export const queuesCommand: AddCommand = (program, whenConnected) => {
  program
    .command('queues')
    .description('all queues under the prefix: jobs by state, ages, workers, dead letters')
    .action(
      whenConnected(async (context) => {
        const queues = await readOverviews(context.session, await context.session.queues());
        context.show({ queues }, () => queueTable(context, queues));
        return EXIT.ok;
      }),
    );
  addSwitch('pause', 'lets the workers of all processes take no further job of a queue');
  addSwitch('resume', 'lets them take jobs again');

  function addSwitch(name: 'pause' | 'resume', description: string): void {
    program
      .command(`${name} <queue>`)
      .description(description)
      .option('--by <name>', 'who asks (default: the user of this machine)')
      .action(
        whenConnected<{ by?: string }>(async (context, { by }, [queue]) => {
          const admin = await context.session.admin(queue!);
          await context.session.commands[name](admin, actorOf(by));
          const overview = await readQueueOverview(admin.letters, admin.redrives);
          context.show(overview, () => queueTable(context, [overview]));
          return EXIT.ok;
        }),
      );
  }
};

export async function readOverviews(
  session: CliSession,
  names: readonly string[],
): Promise<readonly QueueOverview[]> {
  return Promise.all(
    names.map(async (name) => {
      const { letters, redrives } = await session.admin(name);
      return readQueueOverview(letters, redrives);
    }),
  );
}

export function queueTable(context: CliContext, queues: readonly QueueOverview[]): string {
  if (queues.length === 0) {
    return `no queue under the prefix ${context.session.prefix}; another one may be right: --prefix\n`;
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
